import { afterEach, expect, test } from '@jest/globals';

import { setUpHubSpot } from '../../support/check-hubspot.ts';
import { askHubSpot } from '../../support/ask-hubspot.ts';
import { startHubSpot, type HubSpot, type HubSpotOptions } from '../../simulators/hubspot/index.ts';

// `setup hubspot` against an account as HubSpot makes it, and against accounts that refuse this or that.

let hubspot: HubSpot;

afterEach(() => hubspot.close());

async function open(options: Partial<HubSpotOptions> = {}): Promise<void> {
  hubspot = await startHubSpot(options);
}

async function isUnique(type: string, name: string): Promise<unknown> {
  const { status, body } = await askHubSpot(hubspot, `GET /crm/properties/2026-03/${type}/${name}`);
  return status === 200 ? body['hasUniqueValue'] : status;
}

const KEYS = [
  ['contacts', 'hookline_person_key'],
  ['calls', 'hookline_call_id'],
  ['tasks', 'hookline_call_id'],
  ['notes', 'hookline_call_id'],
] as const;

test('a fresh account: groups and unique properties are made, and nothing else', async () => {
  await open();
  expect(await setUpHubSpot(hubspot)).toEqual(
    KEYS.flatMap(([type, name]) => [
      `made The property group "Hookline" on ${type}.`,
      `made The unique property ${name} on ${type}.`,
    ]),
  );
  for (const [type, name] of KEYS) expect(await isUnique(type, name)).toBe(true);
  expect(hubspot.counts().write).toBe(0);
});

test('again: everything is there already, and nothing is sent but looks', async () => {
  await open();
  await setUpHubSpot(hubspot);
  hubspot.clearRequests();
  expect(await setUpHubSpot(hubspot)).toEqual(
    KEYS.map(([type, name]) => `present The unique property ${name} on ${type}.`),
  );
  expect(hubspot.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('an answer that is lost, and an account that was half set up: what is there in the end counts', async () => {
  await open();
  hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: ({ method }) => method === 'POST', times: 1 });
  expect(await setUpHubSpot(hubspot)).toEqual([expect.stringMatching(/^failed POST .*groups: /)]);
  hubspot.fail({
    fault: { kind: 'commit_then_drop' },
    when: ({ method, path }) => method === 'POST' && path.endsWith('/contacts'),
    times: 1,
  });
  expect(await setUpHubSpot(hubspot)).toEqual([
    'made The unique property hookline_person_key on contacts.',
    ...KEYS.slice(1).flatMap(([type, name]) => [
      `made The property group "Hookline" on ${type}.`,
      `made The unique property ${name} on ${type}.`,
    ]),
  ]);
});

test('calls that may not have unique properties: said, and no other property is made in its place', async () => {
  await open({ refusesUniqueOn: ['calls'] });
  const steps = await setUpHubSpot(hubspot);
  expect(steps.find((step) => step.startsWith('refused'))).toMatch(
    /^refused The unique property hookline_call_id on calls could not be made: POST \/crm\/properties\/2026-03\/calls → 400: .*\. Hookline goes on without: calls are made one at a time, each after a look whether it is there\.$/,
  );
  expect(steps.filter((step) => step.startsWith('failed'))).toEqual([]);
  expect(await isUnique('calls', 'hookline_call_id')).toBe(404);
  expect(await isUnique('tasks', 'hookline_call_id')).toBe(true);
});

test('a property of that name that is not unique: left alone, with what to do about it', async () => {
  await open();
  hubspot.addProperty('calls', { name: 'hookline_call_id' });
  expect(await setUpHubSpot(hubspot)).toContain(
    'failed The property hookline_call_id on calls is there, but not unique, and HubSpot cannot make it so later. Delete it in HubSpot (Settings > Properties) unless something else uses it, and run this again; until then calls are made one at a time.',
  );
  expect(await isUnique('tasks', 'hookline_call_id')).toBe(true);
});

test('a deleted one comes back if it was unique, and is not brought back if it was not', async () => {
  await open();
  hubspot.addProperty('contacts', { name: 'hookline_person_key', hasUniqueValue: true });
  hubspot.removeProperty('contacts', 'hookline_person_key');
  hubspot.addProperty('calls', { name: 'hookline_call_id' });
  hubspot.removeProperty('calls', 'hookline_call_id');
  const steps = await setUpHubSpot(hubspot);
  expect(steps).toContain('made The unique property hookline_person_key on contacts.');
  expect(steps).toContain(
    'failed A deleted property hookline_call_id on calls was not unique, and HubSpot would bring it back as it was. It forgets deleted properties after 90 days; until then calls are made one at a time.',
  );
  expect(await isUnique('calls', 'hookline_call_id')).toBe(404);
});

const RECORDS_ONLY = ['crm.objects.contacts.read', 'crm.objects.contacts.write'];

test('a token that writes records only: each refusal names its scope; SETUP_TOKEN is used instead', async () => {
  await open();
  hubspot.addToken({ token: 'pat-records', kind: 'service_key', scopes: RECORDS_ONLY, expiresAtMs: null });
  expect(await setUpHubSpot(hubspot, { token: 'pat-records' })).toEqual(
    KEYS.map(
      ([type]) =>
        `failed The token may not make properties on ${type}. Give it the scope crm.schemas.${type}.write. Or give a token that may, for this alone: SETUP_TOKEN=pat-... npm run hookline -- setup hubspot`,
    ),
  );
  const steps = await setUpHubSpot(hubspot, { token: 'pat-records', setupToken: hubspot.token });
  expect(steps.map((step) => step.split(' ')[0])).toEqual(Array.from({ length: 8 }, () => 'made'));
});

test('a wrong token: said once', async () => {
  await open();
  expect(await setUpHubSpot(hubspot, { token: 'pat-wrong' })).toEqual([
    expect.stringMatching(
      /^failed GET \/crm\/properties\/2026-03\/contacts\/hookline_person_key → 401: INVALID_AUTH.*HubSpot refused the authentication/,
    ),
  ]);
  expect(await setUpHubSpot(hubspot, { setupToken: 'pat-wrong' })).toEqual([
    expect.stringMatching(/ HubSpot refused the authentication: check SETUP_TOKEN\.$/),
  ]);
});
