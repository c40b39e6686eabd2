import { describe, expect, test } from '@jest/globals';

import { startSalesforce, type Salesforce } from '../../simulators/salesforce/index.ts';
import { caller } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openSalesforceWorld } from '../../support/salesforce-world.ts';

const open = closingAfterEach(openSalesforceWorld);
const openOrg = closingAfterEach(startSalesforce);

const tokensOf = ({ requests }: Salesforce): number =>
  requests.filter(({ path }) => path.startsWith('/services/oauth2/token') || path.startsWith('/services/Soap')).length;

describe('every way of logging in', () => {
  test.each<[string, (org: Salesforce) => object]>([
    [
      'client credentials',
      ({ clientId, clientSecret }) => ({
        flow: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }),
    ],
    [
      'JWT bearer',
      ({ clientId, username, privateKey, url }) => ({
        flow: 'jwt_bearer',
        client_id: clientId,
        username,
        private_key: privateKey,
        audience: url,
      }),
    ],
    [
      'refresh token',
      ({ clientId, clientSecret, refreshToken }) => ({
        flow: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken,
      }),
    ],
    [
      'username and password',
      ({ clientId, clientSecret, username, password }) => ({
        flow: 'username_password',
        username,
        password,
        client_id: clientId,
        client_secret: clientSecret,
      }),
    ],
    ['SOAP login', ({ username, password }) => ({ flow: 'username_password', username, password })],
  ])('%s, and a session that ended is renewed once', async (_name, auth) => {
    const org = await openOrg();
    const world = await open({ destination: { login_url: org.url, auth: auth(org) as never } });
    expect(await world.sync(caller(1))).toMatchObject({ kind: 'finished' });
    expect(tokensOf(org)).toBe(1);
    org.endSessions();
    const first = await world.sync(caller(2));
    if (first?.kind !== 'finished') await world.sync(caller(2));
    expect(org.records('Task')).toHaveLength(2);
    expect(tokensOf(org)).toBe(2);
  });
});

test('a refresh token that rotates is kept: the next process goes on with the newest', async () => {
  const org = await openOrg({ rotatesRefreshTokens: true });
  const { clientId, clientSecret, refreshToken } = org;
  const auth = { flow: 'refresh_token', client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken };
  const world = await open({ destination: { login_url: org.url, auth } });
  for (let round = 1; round <= 3; round += 1) {
    world.crash();
    world.advance(60_000);
    org.endSessions();
    await world.sync(caller(round));
    await world.sync(caller(round));
    expect(org.records('Task')).toHaveLength(round);
  }
});

test('many at once log in once', async () => {
  const { salesforce, sync } = await open();
  await Promise.all(Array.from({ length: 50 }, (_, number) => sync(caller(number))));
  expect(tokensOf(salesforce)).toBe(1);
});

test('an org that refuses every session it gives is paused, not asked in a loop', async () => {
  const { salesforce, sync, runtime, advance } = await open();
  salesforce.freeze();
  for (let run = 0; run < 5; run += 1) {
    expect(await sync(caller(run))).toMatchObject({ kind: 'stopped' });
  }
  expect(runtime().canRun(Date.now())).toMatchObject({ ok: false, hint: expect.stringContaining('session policies') });
  expect(salesforce.requests.length).toBeLessThan(10);
  // It may have been a coincidence: it goes on by itself.
  salesforce.freeze(false);
  advance(15 * 60_000);
  expect(await sync(caller(1))).toMatchObject({ kind: 'finished' });
});

test.each([
  ['client_secret', { client_secret: 'wrong' }, 'Check client_secret'],
  ['client_id', { client_id: 'wrong' }, 'Check client_id'],
])('a wrong %s is told in words, without a secret', async (_what, wrong, hint) => {
  const org = await openOrg();
  const auth = { flow: 'client_credentials', client_id: org.clientId, client_secret: org.clientSecret, ...wrong };
  const { sync } = await open({ destination: { login_url: org.url, auth } });
  const result = await sync(caller(1));
  const outcome = result?.kind === 'stopped' ? result.outcome : null;
  expect(outcome).toMatchObject({ kind: 'held', hint: expect.stringContaining(hint) });
  expect(JSON.stringify(outcome)).not.toContain(org.clientSecret);
});

test('a private key that is none is told in words', async () => {
  const org = await openOrg();
  const key = '-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----';
  const auth = { flow: 'jwt_bearer', client_id: org.clientId, username: org.username, private_key: key };
  const { sync } = await open({ destination: { login_url: org.url, auth } });
  expect(await sync(caller(1))).toMatchObject({
    outcome: { kind: 'held', hint: expect.stringContaining('unencrypted RSA key') },
  });
  expect(org.requests).toEqual([]);
});

test('a version that the org does not serve pauses everything', async () => {
  const { salesforce, sync } = await open({ destination: { api_version: '69.0' } });
  expect(await sync(caller(1))).toMatchObject({
    outcome: { kind: 'held', hint: expect.stringContaining('api_version') },
  });
  expect(salesforce.requests.length).toBeLessThan(8);
});
