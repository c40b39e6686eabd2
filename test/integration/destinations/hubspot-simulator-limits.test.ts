import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import {
  ALL_SCOPES,
  createHubSpotChaos,
  FAULTS,
  requestsOf,
  startHubSpot,
  type HubSpot,
  type HubSpotOptions,
} from '../../simulators/hubspot/index.ts';
import { askHubSpot, type HubSpotAnswer } from '../../support/ask-hubspot.ts';

/* Tokens, scopes, limits and faults of the simulated HubSpot (hubspot.md 2, 3, 8.3 and 9). Time stands still here. */

const START = Date.parse('2026-11-21T12:00:00Z');
const CONTACTS = '/crm/objects/2026-03/contacts';
let hubspot: HubSpot;

async function start(options: Partial<HubSpotOptions> = {}): Promise<void> {
  hubspot = await startHubSpot({ clock: () => START, ...options });
}

beforeEach(() => start());
afterEach(() => hubspot.close());

async function restart(options: Partial<HubSpotOptions>): Promise<void> {
  await hubspot.close();
  await start(options);
}

function list(token?: string): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `GET ${CONTACTS}`, undefined, token);
}

function search(): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `POST ${CONTACTS}/search`, {});
}

async function refresh(form: Record<string, string>, version = '2026-03'): Promise<HubSpotAnswer> {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'client-id',
    client_secret: 'client-secret',
    ...form,
  });
  const response = await fetch(`${hubspot.url}/oauth/${version}/token`, { method: 'POST', body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as JsonObject };
}

describe('tokens and scopes', () => {
  test('an unknown token, none at all, and one that was rotated', async () => {
    const unknown = await list('pat-wrong');
    expect([unknown.status, unknown.body['category']]).toEqual([401, 'INVALID_AUTHENTICATION']);
    hubspot.endToken(hubspot.token);
    expect((await list()).status).toBe(401);
    expect((await fetch(`${hubspot.url}${CONTACTS}`)).status).toBe(401);
  });

  test('a missing scope is named, and any of the alternatives is enough', async () => {
    const scopes = ['crm.objects.contacts.read'];
    hubspot.addToken({ token: 'reader', kind: 'service_key', scopes, expiresAtMs: null });
    expect((await list('reader')).status).toBe(200);
    const refused = await askHubSpot(hubspot, `POST ${CONTACTS}`, { properties: { firstname: 'Ada' } }, 'reader');
    expect([refused.status, refused.body]).toMatchObject([
      403,
      {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
        links: { scopes: expect.any(String) },
      },
    ]);
    const property = { name: 'x', label: 'x', groupName: 'callInformation', type: 'string', fieldType: 'text' };
    const schema = await askHubSpot(hubspot, 'POST /crm/properties/2026-03/calls', property, 'reader');
    expect(schema.body).toMatchObject({
      errors: [{ context: { requiredGranularScopes: ['crm.schemas.calls.write'] } }],
    });
    expect((await askHubSpot(hubspot, 'GET /crm/properties/2026-03/calls', undefined, 'reader')).status).toBe(200);
    expect((await askHubSpot(hubspot, 'GET /account-info/2026-03/details', undefined, 'reader')).status).toBe(200);
  });

  test('OAuth errors are those of RFC 6749 with the old fields beside, not the CRM envelope', async () => {
    expect((await refresh({ refresh_token: 'wrong' })).body).toMatchObject({
      error: 'invalid_grant',
      status: 'BAD_REFRESH_TOKEN',
    });
    expect(await refresh({ client_secret: 'wrong' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await refresh({ grant_type: 'password' })).body['error']).toBe('unsupported_grant_type');
  });

  test('a refresh token lasts, or is replaced by each refresh, or is revoked', async () => {
    for (const version of ['2026-03', 'v3', 'v1']) {
      expect((await refresh({ refresh_token: 'refresh-0' }, version)).body).toMatchObject({
        refresh_token: 'refresh-0',
        expires_in: 1800,
        hub_id: 4_242_424,
      });
    }
    hubspot.revokeRefreshToken();
    expect((await refresh({ refresh_token: 'refresh-0' })).status).toBe(400);
    await restart({ rotatesRefreshTokens: true });
    expect((await refresh({ refresh_token: 'refresh-0' })).body['refresh_token']).toBe('refresh-1');
    expect((await refresh({ refresh_token: 'refresh-0' })).body['error']).toBe('invalid_grant');
    expect((await refresh({ refresh_token: 'refresh-1' })).status).toBe(200);
  });

  test('an access token ends between two requests, all of them at once if need be', async () => {
    const issued = (await refresh({ refresh_token: 'refresh-0' })).body['access_token'] as string;
    expect((await list(issued)).status).toBe(200);
    hubspot.endAccessTokens();
    const ended = await list(issued);
    expect([ended.status, ended.body]).toMatchObject([
      401,
      {
        category: 'EXPIRED_AUTHENTICATION',
        message: 'The OAuth token used to make this call expired 1 second(s) ago.',
      },
    ]);
  });

  test('the token endpoint limits refreshes, with Retry-After', async () => {
    await restart({ tokenRequests: 1 });
    await refresh({ refresh_token: 'refresh-0' });
    const limited = await refresh({ refresh_token: 'refresh-0' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '10']);
  });
});

describe('limits', () => {
  test('a burst per token in any 10 s, told in the headers', async () => {
    await restart({ burst: 3 });
    const first = await list();
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('x-hubspot')))).toEqual({
      'x-hubspot-ratelimit-max': '3',
      'x-hubspot-ratelimit-remaining': '2',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-secondly': '1',
      'x-hubspot-ratelimit-secondly-remaining': '1',
      'x-hubspot-ratelimit-daily': '250000',
      'x-hubspot-ratelimit-daily-remaining': '249999',
    });
    hubspot.advance(5000);
    await list();
    await list();
    const limited = await list();
    expect([limited.status, limited.headers.get('retry-after'), limited.body]).toMatchObject([
      429,
      null,
      {
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        message: 'You have reached your ten_secondly_rolling limit.',
      },
    ]);
    hubspot.addToken({ token: 'other', kind: 'oauth', scopes: ALL_SCOPES, expiresAtMs: null });
    const other = await list('other');
    expect([other.status, other.headers.get('x-hubspot-ratelimit-daily')]).toEqual([200, null]);
    // It rolls: the first request is 10 s old, the other two are not.
    hubspot.advance(5000);
    expect([(await list()).status, (await list()).status]).toEqual([200, 429]);
  });

  test('five searches a second for the whole account, outside the burst and without headers', async () => {
    await restart({ burst: 1 });
    hubspot.addToken({ token: 'other', kind: 'service_key', scopes: ALL_SCOPES, expiresAtMs: null });
    const found = await Promise.all([search(), search(), search(), search()]);
    expect(found.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect([...(found[0]?.headers ?? [])].filter(([name]) => name.startsWith('x-hubspot'))).toEqual([]);
    expect((await askHubSpot(hubspot, `POST ${CONTACTS}/search`, {}, 'other')).status).toBe(200);
    expect((await search()).body).toMatchObject({ policyName: 'SECONDLY' });
    hubspot.advance(1000);
    expect((await search()).status).toBe(200);
  });

  test('so many a day for the whole account, until midnight in its time zone', async () => {
    hubspot.spendDaily(249_999);
    expect((await list()).headers.get('x-hubspot-ratelimit-daily-remaining')).toBe('0');
    expect((await list()).body).toMatchObject({ policyName: 'DAILY', message: 'You have reached your daily limit.' });
    // 12:00 UTC is 07:00 in New York.
    hubspot.advance(17 * 3_600_000 - 1);
    expect((await list()).status).toBe(429);
    hubspot.advance(1);
    expect((await list()).status).toBe(200);
  });

  test('not settled, both answers: Retry-After on 429, and association batches outside the burst', async () => {
    const associate = (): Promise<HubSpotAnswer> =>
      askHubSpot(hubspot, 'POST /crm/associations/2026-03/calls/contacts/batch/read', { inputs: [] });
    await restart({ burst: 1, retryAfterOn429: true });
    await list();
    expect((await list()).headers.get('retry-after')).toBe('10');
    expect((await associate()).status).toBe(429);
    await restart({ burst: 1, associationsCountInBurst: false });
    await list();
    expect((await associate()).status).toBe(200);
  });

  test('a URL that is too long', async () => {
    const answer = await askHubSpot(hubspot, `GET ${CONTACTS}?properties=${'x'.repeat(13_000)}`);
    expect(answer.status).toBe(414);
  });

  test('a path that is not there is answered in HTML', async () => {
    const answer = await askHubSpot(hubspot, 'GET /crm/objects/2025-01/contacts');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html']);
  });
});

function create(): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `POST ${CONTACTS}`, { properties: { firstname: 'Ada' } });
}

describe('faults', () => {
  test('every kind of refusal, on the requests it is meant for', async () => {
    const faults = [
      FAULTS.limited('DAILY'),
      FAULTS.expired(),
      FAULTS.locked(),
      FAULTS.migrating(3600),
      FAULTS.html(521),
    ];
    for (const fault of faults) hubspot.fail({ fault, when: requestsOf({ operation: 'contacts create' }) });
    const answers = [];
    for (let times = 0; times < 5; times += 1) answers.push(await create());
    expect(answers.map(({ status }) => status)).toEqual([429, 401, 423, 477, 521]);
    expect(answers[3]?.headers.get('retry-after')).toBe('3600');
    expect(answers[4]?.text).toMatch(/^<!DOCTYPE html>/);
    expect(hubspot.records('contacts')).toEqual([]);
    expect((await create()).status).toBe(201);
  });

  test('the work is done and the answer is lost: dropped, cut in half, or replaced by the edge', async () => {
    const when = requestsOf({ requestClass: 'write' });
    for (const fault of [{ kind: 'commit_then_drop' }, { kind: 'cut_body' }] as const) {
      hubspot.fail({ fault, when });
      await expect(create()).rejects.toThrow();
    }
    hubspot.fail({ fault: FAULTS.committedHtml(502), when });
    expect((await create()).status).toBe(502);
    expect(hubspot.records('contacts')).toHaveLength(3);
  });

  test('a field that the portal loses, and requests counted by what they were for', async () => {
    hubspot.addProperty('contacts', { name: 'budget' });
    hubspot.removeProperty('contacts', 'budget');
    const lost = await askHubSpot(hubspot, `POST ${CONTACTS}`, { properties: { firstname: 'Ada', budget: '1' } });
    expect(lost.body['message']).toContain('PROPERTY_DOESNT_EXIST');
    await search();
    await list();
    await askHubSpot(hubspot, 'GET /crm/properties/2026-03/contacts');
    expect(hubspot.counts()).toEqual({
      search: 1,
      read: 1,
      write: 1,
      association: 0,
      schema: 1,
      account: 0,
      oauth: 0,
    });
    hubspot.clearRequests();
    expect(hubspot.counts().write).toBe(0);
  });

  test('chaos: a share of the requests goes wrong, the same ones for the same seed', async () => {
    const run = async (): Promise<string[]> => {
      await restart({});
      hubspot.setChaos(createHubSpotChaos(0.5, 7));
      const outcomes = [];
      for (let times = 0; times < 30; times += 1) {
        outcomes.push(
          await create().then(
            ({ status }) => String(status),
            () => 'reset',
          ),
        );
      }
      return outcomes;
    };
    const first = await run();
    expect(new Set(first).size).toBeGreaterThan(3);
    expect(await run()).toEqual(first);
  });
});
