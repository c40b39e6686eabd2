import { generateKeyPairSync } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import {
  askForToken,
  openSession,
  type SalesforceAnswer,
  type SalesforceSession,
} from '../../support/ask-salesforce.ts';
import { signAssertion } from '../../support/sign-assertion.ts';

/* Logins, sessions, limits, versions and bodies: what is refused before a record is looked at, over plain HTTP. */

const LEAD = { LastName: 'Lovelace', Company: 'Analytical Engines' };
let salesforce: Salesforce;
let session: SalesforceSession;

beforeEach(() => start({}));
afterEach(() => salesforce.close());

async function start(options: Partial<SalesforceOptions>): Promise<void> {
  salesforce = await startSalesforce(options);
  if (options.isLoginHost !== true) session = await openSession(salesforce);
}

async function restart(options: Partial<SalesforceOptions>): Promise<void> {
  await salesforce.close();
  await start(options);
}

/** A grant as it should be, with something else in it. */
function grant(type: string, changes: Readonly<Record<string, string>> = {}): Promise<SalesforceAnswer> {
  const { clientId, clientSecret, refreshToken, username, password } = salesforce;
  const client = { grant_type: type, client_id: clientId, client_secret: clientSecret };
  const more =
    type === 'password' ? { username, password } : type === 'refresh_token' ? { refresh_token: refreshToken } : {};
  return askForToken(salesforce, { ...client, ...more, ...changes });
}

describe('logins', () => {
  test('a token says whose it is and where the data is', async () => {
    const { body, status } = await grant('client_credentials');
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^00D\w+!/),
      signature: expect.any(String),
      scope: expect.any(String),
      instance_url: salesforce.url,
      id: expect.stringMatching(/\/id\/00D\w{15}\/005\w{15}$/),
      token_type: 'Bearer',
      issued_at: expect.stringMatching(/^\d{13}$/),
    });
  });

  test.each([
    ['client_credentials', { client_id: 'x' }, 'invalid_client_id'],
    ['client_credentials', { client_secret: 'x' }, 'invalid_client'],
    ['password', { password: 'correct-horse' }, 'invalid_grant'],
    ['password', { username: 'x' }, 'invalid_grant'],
    ['refresh_token', { refresh_token: 'x' }, 'invalid_grant'],
    ['refresh_token', { client_secret: 'x' }, 'invalid_client'],
    ['authorization_code', { code: 'x' }, 'invalid_grant'],
    ['device', {}, 'unsupported_grant_type'],
    ['', {}, 'unsupported_grant_type'],
  ])('grant %s with %j is refused', async (type, changes, code) => {
    expect(await grant(type, changes)).toMatchObject({
      status: 400,
      code,
      body: { error_description: expect.any(String) },
    });
  });

  test('a refresh token goes without a secret, and rotates where the org says so', async () => {
    const { clientId: client_id, refreshToken: refresh_token } = salesforce;
    const form = { grant_type: 'refresh_token', client_id, refresh_token };
    expect(await askForToken(salesforce, form)).toMatchObject({ status: 200 });
    await restart({ rotatesRefreshTokens: true });
    expect((await askForToken(salesforce, form)).body).toMatchObject({ refresh_token: salesforce.refreshToken });
    expect(await askForToken(salesforce, form)).toMatchObject({ status: 400, code: 'invalid_grant' });
    salesforce.revokeRefreshToken();
    expect(await grant('refresh_token')).toMatchObject({ status: 400, code: 'invalid_grant' });
  });

  test('login.salesforce.com takes no client credentials, an org may take no passwords', async () => {
    await restart({ isLoginHost: true });
    expect(await grant('client_credentials')).toMatchObject({ status: 400, code: 'invalid_grant' });
    await restart({ allowsPasswords: false });
    expect(await grant('password')).toMatchObject({ status: 400, code: 'invalid_grant' });
  });

  test('an assertion is looked at closely', async () => {
    const nowSeconds = Math.floor(salesforce.now() / 1000);
    const claims = { iss: salesforce.clientId, sub: salesforce.username, aud: salesforce.url, exp: nowSeconds + 120 };
    const present = (changes: JsonObject, key = salesforce.privateKey, alg = 'RS256'): Promise<SalesforceAnswer> =>
      askForToken(salesforce, {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: signAssertion({ ...claims, ...changes }, key, alg),
      });
    expect(await present({})).toMatchObject({ status: 200 });
    expect(await present({ aud: 'https://test.salesforce.com' })).toMatchObject({ status: 200 });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const refused = [
      await present({}, other),
      await present({}, salesforce.privateKey, 'none'),
      await present({ aud: 'https://example.com' }),
      await present({ sub: 'someone@example.com' }),
      await present({ exp: nowSeconds - 1 }),
      await present({ exp: nowSeconds + 3600 }),
    ];
    expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 'invalid_grant'));
    expect(await present({ iss: 'x' })).toMatchObject({ code: 'invalid_client_id' });
  });

  test('a user may log in so often in an hour', async () => {
    await restart({ loginsPerHour: 2 });
    expect(await grant('client_credentials')).toMatchObject({ status: 200 });
    expect(await grant('client_credentials')).toMatchObject({ status: 400, code: 'invalid_grant' });
    salesforce.advance(61 * 60 * 1000);
    expect(await grant('client_credentials')).toMatchObject({ status: 200 });
  });
});

describe('sessions', () => {
  const EXPIRED = { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };

  test('a session ends some time after its last use', async () => {
    await restart({ sessionTtlMs: 600_000 });
    salesforce.advance(500_000);
    expect(await session.ask('GET /limits')).toMatchObject({ status: 200 });
    salesforce.advance(500_000);
    expect(await session.ask('GET /limits')).toMatchObject({ status: 200 });
    salesforce.advance(600_000);
    expect(await session.ask('GET /limits')).toMatchObject(EXPIRED);
  });

  test('a session ends when it is ended, revoked, unknown or frozen', async () => {
    expect(await session.ask('GET /limits', undefined, { Authorization: 'Bearer x' })).toMatchObject(EXPIRED);
    expect(await session.ask('GET /limits', undefined, { Authorization: `OAuth ${session.token}` })).toMatchObject({
      status: 200,
    });
    salesforce.endSessions();
    expect(await session.ask('GET /limits')).toMatchObject(EXPIRED);

    session = await openSession(salesforce);
    const form = new URLSearchParams({ token: session.token });
    await fetch(`${salesforce.url}/services/oauth2/revoke`, { method: 'POST', body: form });
    expect(await session.ask('GET /limits')).toMatchObject(EXPIRED);

    salesforce.freeze();
    session = await openSession(salesforce);
    expect(await session.ask('GET /limits')).toMatchObject(EXPIRED);
    salesforce.freeze(false);
    expect(await session.ask('GET /limits')).toMatchObject({ status: 200 });
  });

  test('who a session belongs to costs nothing', async () => {
    const answer = await session.ask('GET /services/oauth2/userinfo');
    expect(answer.body).toMatchObject({
      user_id: expect.stringMatching(/^005/),
      preferred_username: salesforce.username,
    });
    expect(answer.headers.get('sforce-limit-info')).toBe('api-usage=0/100000');
  });
});

describe('limits', () => {
  test('so many requests in 24 hours, whatever they were for', async () => {
    await restart({ daily: 3 });
    const first = await session.ask('POST /sobjects/Lead', { LastName: 'no company' });
    expect(first.headers.get('sforce-limit-info')).toBe('api-usage=1/3');
    expect((await session.ask('GET /limits')).body).toMatchObject({ DailyApiRequests: { Max: 3, Remaining: 1 } });
    salesforce.spendDaily(1);
    const refused = await session.ask('POST /sobjects/Lead', LEAD);
    expect(refused).toMatchObject({
      status: 403,
      body: [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    });
    expect(refused.headers.get('sforce-limit-info')).toBe('api-usage=3/3');
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(await grant('client_credentials')).toMatchObject({ status: 200 });
    expect(salesforce.records('Lead')).toEqual([]);
    salesforce.advance(24 * 60 * 60 * 1000 + 60_000);
    session = await openSession(salesforce);
    expect(await session.ask('POST /sobjects/Lead', LEAD)).toMatchObject({ status: 201 });
  });

  test('requests are counted by what they were for, and forgotten on request', async () => {
    await session.query('SELECT Id FROM Lead');
    await session.search('FIND {Lovelace}');
    await session.ask('GET /sobjects/Lead/describe');
    await session.ask('GET /sobjects');
    await session.ask('POST /sobjects/Lead', LEAD);
    await session.ask('POST /composite/sobjects', { records: [] });
    const part = { method: 'GET', url: '/services/data/v66.0/query?q=SELECT+Id+FROM+Lead', referenceId: 'a' };
    await session.ask('POST /composite', { compositeRequest: [part] });
    const insert = { method: 'POST', url: '/services/data/v66.0/sobjects/Lead', referenceId: 'b', body: LEAD };
    await session.ask('POST /composite', { compositeRequest: [part, insert] });
    await session.ask('GET /tooling/query?q=SELECT+Id+FROM+CustomField');
    await session.ask('GET /services/data');
    await session.ask('GET /limits');
    const counted = { token: 1, query: 2, search: 1, describe: 2, write: 3, read: 1, tooling: 1, limits: 1 };
    expect(salesforce.counts()).toEqual(counted);
    salesforce.clearRequests();
    expect(salesforce.counts()).toMatchObject({ token: 0, query: 0 });
  });
});

describe('versions, paths and bodies', () => {
  test.each([
    ['GET /services/data/v69.0/limits', 404, 'NOT_FOUND'],
    ['GET /services/data/v30.0/limits', 410, 'UNSUPPORTED_API_VERSION'],
    ['GET /services/data/v31.0/limits', 200, undefined],
    ['GET /services/data/66.0/limits', 404, 'NOT_FOUND'],
    ['GET /nothing', 404, 'NOT_FOUND'],
    ['GET /sobjects/Nothing__c/describe', 404, 'NOT_FOUND'],
    ['GET /sobjects/CustomField/describe', 404, 'NOT_FOUND'],
    ['GET /sobjects/Lead/abc', 404, 'NOT_FOUND'],
    ['GET /sobjects/Lead/00Q5g0000000009', 404, 'NOT_FOUND'],
    ['DELETE /query?q=x', 405, 'METHOD_NOT_ALLOWED'],
    ['PATCH /services/data/v45.0/composite/sobjects/Lead/Email', 404, 'NOT_FOUND'],
    ['POST /services/data/v49.0/composite/graph', 404, 'NOT_FOUND'],
  ])('%s', async (line, status, code) => {
    expect(await session.ask(line)).toMatchObject({ status, code });
  });

  test('a body is JSON, and says so', async () => {
    const asText = await session.ask('POST /sobjects/Lead', LEAD, { 'Content-Type': 'text/plain' });
    expect(asText).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(await session.ask('POST /sobjects/Lead', '{"LastName": "Love')).toMatchObject({
      status: 400,
      code: 'JSON_PARSER_ERROR',
    });
    expect(salesforce.records('Lead')).toEqual([]);
  });

  test('before version 46 an upsert does not say whether it created', async () => {
    salesforce.addField('Lead', { name: 'Hookline_Id__c', externalId: true, unique: true });
    const path = 'sobjects/Lead/Hookline_Id__c/a';
    expect((await session.ask(`PATCH /services/data/v45.0/${path}`, LEAD)).body).not.toHaveProperty('created');
    expect((await session.ask(`PATCH /services/data/v46.0/${path}`, LEAD)).body).toHaveProperty('created', false);
  });

  test('an answer stops half-way, with the connection open or cut, after the work was done', async () => {
    for (const kind of ['stall_body', 'cut_body'] as const) {
      salesforce.fail({ fault: { kind } });
      const headers = { Authorization: `Bearer ${session.token}`, 'Content-Type': 'application/json' };
      const stop = new AbortController();
      const response = await fetch(`${salesforce.url}/services/data/v66.0/sobjects/Lead`, {
        method: 'POST',
        headers,
        body: JSON.stringify(LEAD),
        signal: stop.signal,
      });
      expect(response.status).toBe(201);
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value?.length).toBeGreaterThan(10);
      const rest = reader?.read();
      if (kind === 'stall_body') stop.abort();
      await expect(rest).rejects.toThrow();
    }
    expect(salesforce.records('Lead')).toHaveLength(2);
  });

  test('SOAP login: refused for a wrong password and from version 65 on', async () => {
    const login = async (version: string, password: string): Promise<string> => {
      const envelope = `<se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Body><login xmlns="urn:partner.soap.sforce.com"><username>${salesforce.username}</username><password>${password}</password></login></se:Body></se:Envelope>`;
      const headers = { 'Content-Type': 'text/xml', SOAPAction: '""' };
      const url = `${salesforce.url}/services/Soap/u/${version}`;
      const response = await fetch(url, { method: 'POST', headers, body: envelope });
      return `${response.status} ${await response.text()}`;
    };
    expect(await login('64.0', salesforce.password)).toMatch(/^200 .*<sessionId>00D/s);
    expect(await login('64.0', 'x')).toMatch(/^500 .*<faultcode>sf:INVALID_LOGIN</s);
    expect(await login('65.0', salesforce.password)).toMatch(/^500 .*UNSUPPORTED_API_VERSION/s);
  });
});
