import { readFileSync } from 'node:fs';

import { afterEach, expect, test } from '@jest/globals';

import { checkHubSpot, setUpHubSpot } from '../../support/check-hubspot.ts';
import { startHubSpot, type HubSpot, type HubSpotOptions } from '../../simulators/hubspot/index.ts';

// `check --live` of a HubSpot account.

let hubspot: HubSpot;

afterEach(() => hubspot.close());

async function open(options: Partial<HubSpotOptions> = {}, isSetUp = true): Promise<void> {
  hubspot = await startHubSpot(options);
  if (isSetUp) await setUpHubSpot(hubspot);
  hubspot.clearRequests();
}

function integrations(action: string): string {
  return `integrations:\n  - name: One\n    actions:\n      - sync: hubspot\n${action.replaceAll(/^/gm, '        ')}`;
}

/** What is not in order. */
async function complaints(action: string, destination = ''): Promise<readonly string[]> {
  const findings = await checkHubSpot(hubspot, { integrations: integrations(action), destination });
  return findings.filter((finding) => !finding.startsWith('ok '));
}

test('`- sync: hubspot` in an account that is set up: all is well, and nothing was written', async () => {
  await open({ daily: 250_000 });
  expect(await checkHubSpot(hubspot)).toEqual([
    'ok HubSpot account 4242424 (STANDARD), data in na1, time zone America/New_York.',
    'ok The token may read contacts, calls, tasks, notes. Writing them takes the scope crm.objects.contacts.write, which a check does not try.',
    expect.stringMatching(/^ok Left: \d+ of 100 requests in 10 s, 249,9\d\d of 250,000 today\.$/),
    'ok HubSpot itself keeps doubles out: contacts, calls, tasks, notes have a unique key of ours.',
    'ok Right: 16 mapped fields. Values that calls bring, or that HubSpot does not list, are checked when they are written: calls.hs_timestamp, calls.hs_call_duration.',
  ]);
  expect(hubspot.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('not set up: a warning with the command', async () => {
  await open({}, false);
  hubspot.addProperty('calls', { name: 'hookline_call_id' });
  expect(await complaints('')).toEqual([
    'warning Contacts, tasks, notes have no unique key of ours (hookline_person_key, hookline_call_id), so they are made one at a time, each after a look whether it is there. Run npm run hookline -- setup hubspot',
    'warning The property hookline_call_id of calls is not unique, so calls are made one at a time, each after a look whether it is there. HubSpot cannot make it unique later: delete it there, then run npm run hookline -- setup hubspot',
  ]);
});

test('fields that are not there, and fields that nobody may write', async () => {
  await open();
  const action = `contact:
  fields:
    job_title: "{{ contact.job }}"
    hs_merged_object_ids: "1"
call: { fields: { hs_call_titel: "{{ call.summary }}" } }`;
  expect(await complaints(action)).toEqual([
    'error integrations[0].actions[0].contact.fields.job_title: HubSpot has no property "job_title" on contacts. Did you mean "jobtitle"?',
    'error integrations[0].actions[0].contact.fields.hs_merged_object_ids: HubSpot does not let "hs_merged_object_ids" be written.',
    'error integrations[0].actions[0].call.fields.hs_call_titel: HubSpot has no property "hs_call_titel" on calls. Did you mean "hs_call_title"?',
  ]);
});

test('constants that HubSpot would refuse: options, numbers, dates', async () => {
  await open();
  hubspot.addProperty('contacts', { name: 'score', type: 'number', fieldType: 'number' });
  hubspot.addProperty('contacts', { name: 'met_on', type: 'date', fieldType: 'date' });
  const action = `contact:
  fields: { score: high, met_on: soon, lifecyclestage: Lead }
  status:
    rules:
      - { when: outcomes.interested == true, set: OPEN_DEALS }
      - { when: outcomes.interested == false, set: UNQUALIFIED }
    default: "{{ outcomes.status }}"
task: { subject: Call back, fields: { hs_task_priority: urgent } }`;
  expect(await complaints(action)).toEqual([
    'error integrations[0].actions[0].contact.fields.score: score: "high" is not a number.',
    'error integrations[0].actions[0].contact.fields.met_on: met_on: "soon" is not a date.',
    'error integrations[0].actions[0].contact.status: hs_lead_status: "OPEN_DEALS" is not one of its options. Did you mean "OPEN_DEAL"?',
    'error integrations[0].actions[0].task.fields.hs_task_priority: hs_task_priority: "urgent" is not one of its options. Known: NONE, LOW, MEDIUM, HIGH.',
  ]);
});

test('outcomes of calls by label, also where a template chooses by status', async () => {
  await open();
  const chosen = (label: string): string =>
    `call: { fields: { hs_call_disposition: '{{ call.status | map: completed: "${label}", else: "" }}' } }`;
  expect(await complaints(chosen('Left live message'))).toEqual([]);
  expect(await complaints(chosen('Left live mesage'))).toEqual([
    'error integrations[0].actions[0].call.fields.hs_call_disposition: hs_call_disposition: "Left live mesage" is not one of its options. Did you mean "Left live message"?',
  ]);
});

test('an account without one of the default fields: a warning, for the rest is written', async () => {
  await open();
  hubspot.removeProperty('contacts', 'company');
  expect(await complaints('')).toEqual([
    'warning contacts.company (a default): HubSpot has no property "company" on contacts.',
  ]);
});

test('an owner is an active one, by id', async () => {
  await open();
  const owner = (value: string): string => `contact: { fields: { hubspot_owner_id: "${value}" } }`;
  const place = 'error integrations[0].actions[0].contact.fields.hubspot_owner_id: hubspot_owner_id:';
  expect(await complaints(owner('7001'))).toEqual([]);
  expect(await complaints(owner('ada@hookline.example'))).toEqual([
    `${place} "ada@hookline.example" is not the id of an active owner. "ada@hookline.example" is 7001.`,
  ]);
  expect(await complaints(owner('57001'))).toEqual([
    `${place} "57001" is not the id of an active owner. Known: 7001 (ada@hookline.example), 7002 (grace@hookline.example).`,
  ]);
  expect(await complaints(owner('7003'))).toHaveLength(1);
});

test('without the scope for owners, an owner is not called wrong', async () => {
  await open();
  const scopes = ['crm.objects.contacts.read', 'crm.objects.contacts.write'];
  hubspot.addToken({ token: 'pat-records', kind: 'service_key', scopes, expiresAtMs: null });
  const action = integrations('contact: { fields: { hubspot_owner_id: "1" } }');
  const findings = await checkHubSpot(hubspot, { token: 'pat-records', integrations: action });
  expect(findings.filter((finding) => !finding.startsWith('ok '))).toEqual([]);
  expect(findings.at(-1)).toContain('checked when they are written: contacts.hubspot_owner_id, ');
});

test('external ids are looked up by a property that is unique', async () => {
  await open();
  const named = (name: string): Promise<readonly string[]> => complaints('', `    external_id_property: ${name}`);
  expect(await named('hs_object_id')).toEqual([]);
  expect(await named('company')).toEqual([
    'error external_id_property at destinations.hubspot: the contact property "company" is not unique, so nobody is found by the platform\'s id. Name a unique property, or hs_object_id.',
  ]);
  expect(await named('crm_key')).toEqual([expect.stringContaining('"crm_key" does not exist, so nobody')]);
  hubspot.addProperty('contacts', { name: 'crm_key', hasUniqueValue: true });
  expect(await named('crm_key')).toEqual([]);
});

test('a wrong token, a token that may not read, and an address that is not HubSpot', async () => {
  await open();
  expect(await checkHubSpot(hubspot, { token: 'pat-wrong' })).toEqual([
    expect.stringMatching(
      /^error GET \/account-info\/2026-03\/details → 401: INVALID_AUTHENTICATION: .* HubSpot refused the authentication: check access_token or oauth at destinations\.hubspot, then resume it\.$/,
    ),
  ]);
  hubspot.addToken({ token: 'pat-none', kind: 'service_key', scopes: ['tickets'], expiresAtMs: null });
  const findings = await checkHubSpot(hubspot, { token: 'pat-none' });
  expect(findings).toContain(
    'error The token may not read contacts, and what cannot be read cannot be kept in step. Give it the scope crm.objects.contacts.read.',
  );
  expect(findings).toContain(
    'warning The token may not read the properties of calls, so fields of calls are not checked, and calls are made one at a time, each after a look whether it is there. Give it the scope crm.schemas.calls.read.',
  );
  hubspot.fail({ fault: { kind: 'answer', answer: { status: 200, body: { hello: 'world' } } }, times: 1 });
  expect(await checkHubSpot(hubspot)).toEqual([
    'error GET /account-info/2026-03/details → 200: this does not look like HubSpot. Check base_url at destinations.hubspot.',
  ]);
});

test('a day that is nearly used up is a warning; one that is, says until when', async () => {
  await open({ daily: 1000 });
  hubspot.spendDaily(950);
  const findings = await checkHubSpot(hubspot);
  expect(findings[2]).toMatch(
    /^warning Left: \d+ of 100 requests in 10 s, \d\d of 1,000 today\. All apps of the account share the daily ones; used up, calls wait until midnight there\.$/,
  );
  hubspot.spendDaily(1000);
  expect(await checkHubSpot(hubspot)).toEqual([
    expect.stringMatching(
      /^error GET \/account-info.* → 429: RATE_LIMITS: You have reached your daily limit.*The account's daily quota is used up; it goes on by itself after midnight\.$/,
    ),
  ]);
});

test('from 2026-09 on, what the account requires is worth a look', async () => {
  await open();
  expect(await complaints('', "    api_version: '2026-09'")).toEqual([
    'warning With api_version 2026-09 at destinations.hubspot, HubSpot refuses records without the properties that the account\'s "create" forms require, and does not tell which. If any are required, map them, or stay with 2026-03.',
  ]);
});

test('the example fits an account as HubSpot makes it', async () => {
  await open();
  const example = readFileSync('config/examples/hubspot.yaml', 'utf8');
  const findings = await checkHubSpot(hubspot, { integrations: example.slice(example.indexOf('integrations:')) });
  expect(findings.filter((finding) => !finding.startsWith('ok '))).toEqual([]);
});
