import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { startHubSpot, type HubSpot } from '../../simulators/hubspot/index.ts';
import { askHubSpot, type HubSpotAnswer } from '../../support/ask-hubspot.ts';

/* Search, associations and properties: what HubSpot refuses and how it understands (hubspot.md 4, 6, 9.2, 10). */

let hubspot: HubSpot;

beforeEach(async () => {
  hubspot = await startHubSpot({ searchesPerSecond: 1000 });
});
afterEach(() => hubspot.close());

function search(body: JsonObject, type = 'contacts'): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `POST /crm/objects/2026-03/${type}/search`, body);
}

function filter(propertyName: string, operator: string, rest: JsonObject = {}): JsonObject {
  return { propertyName, operator, ...rest };
}

/** The ids that one group of filters finds. */
async function find(...filters: JsonObject[]): Promise<string[]> {
  const { body } = await search({ filterGroups: [{ filters }] });
  return (body['results'] as readonly JsonObject[]).map(({ id }) => id as string);
}

describe('what search refuses', () => {
  const named = filter('firstname', 'EQ', { value: 'Ada' });
  const group = { filters: [named] };

  test.each<[string, JsonObject]>([
    ['a body of more than 3,000 characters', { query: 'x'.repeat(3000) }],
    ['six groups', { filterGroups: Array.from({ length: 6 }, () => group) }],
    ['seven filters in a group', { filterGroups: [{ filters: Array.from({ length: 7 }, () => named) }] }],
    [
      '19 filters in all',
      { filterGroups: [6, 6, 6, 1].map((length) => ({ filters: Array.from({ length }, () => named) })) },
    ],
    ['two sorts', { sorts: ['firstname', 'lastname'] }],
    ['a page of 201', { limit: 201 }],
    ['a page beyond 10,000', { limit: 200, after: '9900' }],
    ['an after that is no number', { after: 'MTAw' }],
    ['a property that is not there', { filterGroups: [{ filters: [filter('colour', 'EQ', { value: 'blue' })] }] }],
    ['an operator of our own', { filterGroups: [{ filters: [filter('firstname', 'LIKE', { value: 'A' })] }] }],
    ['IN without values', { filterGroups: [{ filters: [filter('firstname', 'IN', { value: 'ada' })] }] }],
    ['an empty value', { filterGroups: [{ filters: [filter('firstname', 'EQ', { value: '' })] }] }],
  ])('%s', async (_, body) => {
    const answer = await search(body);
    expect([answer.status, answer.body['category']]).toEqual([400, 'VALIDATION_ERROR']);
  });

  test('five groups, six filters, 18 in all, a page of 200 and the last page are taken', async () => {
    const groups = [6, 6, 2, 2, 2].map((length) => ({ filters: Array.from({ length }, () => named) }));
    expect((await search({ filterGroups: groups, limit: 200, after: '9800' })).status).toBe(200);
  });
});

describe('how search understands', () => {
  test('text ignores case, but the values of IN must be lower case', async () => {
    const id = hubspot.create('contacts', { firstname: 'Ada' });
    expect(await find(filter('firstname', 'EQ', { value: 'ADA' }))).toEqual([id]);
    expect(await find(filter('firstname', 'IN', { values: ['ada', 'grace'] }))).toEqual([id]);
    expect(await find(filter('firstname', 'IN', { values: ['Ada'] }))).toEqual([]);
  });

  test('enumerations mind the case', async () => {
    const id = hubspot.create('contacts', { firstname: 'Ada', hs_lead_status: 'NEW' });
    expect(await find(filter('hs_lead_status', 'EQ', { value: 'new' }))).toEqual([]);
    expect(await find(filter('hs_lead_status', 'IN', { values: ['NEW'] }))).toEqual([id]);
  });

  test('the searchable number is national: the E.164 finds nothing there, and other countries are found too', async () => {
    const us = hubspot.create('contacts', { firstname: 'Ada', phone: '+12025550143' });
    const gb = hubspot.create('contacts', { firstname: 'Ada', phone: '+442025550143' });
    const name = 'hs_searchable_calculated_phone_number';
    expect(await find(filter(name, 'EQ', { value: '+12025550143' }))).toEqual([]);
    expect(await find(filter(name, 'EQ', { value: '2025550143' }))).toEqual([us, gb]);
    expect(await find(filter('hs_calculated_phone_number', 'EQ', { value: '+12025550143' }))).toEqual([us]);
    expect(await find(filter(name, 'CONTAINS_TOKEN', { value: '*5550143' }))).toEqual([us, gb]);
  });

  test('numbers and times are compared as such, times as epoch ms', async () => {
    const [one = '', two = ''] = [9000, 61_000].map((hs_call_duration) =>
      hubspot.create('calls', { hs_timestamp: 1_700_000_000_000 + hs_call_duration, hs_call_duration }),
    );
    const ask = async (condition: JsonObject): Promise<JsonValue[]> => {
      const { body } = await search({ filterGroups: [{ filters: [condition] }] }, 'calls');
      return (body['results'] as readonly JsonObject[]).map(({ id }) => id ?? null);
    };
    expect(await ask(filter('hs_call_duration', 'GT', { value: '10000' }))).toEqual([two]);
    expect(await ask(filter('hs_timestamp', 'LTE', { value: '1700000009000' }))).toEqual([one]);
    const between = { value: '1700000000000', highValue: '1700000061000' };
    expect(await ask(filter('hs_timestamp', 'BETWEEN', between))).toEqual([one, two]);
    expect(await ask(filter('hs_call_title', 'NOT_HAS_PROPERTY'))).toEqual([one, two]);
  });

  test('only the properties asked for come back, and a change is found by its new value alone', async () => {
    const id = hubspot.create('contacts', { firstname: 'Ada', phone: '+12025550143' });
    expect(await find(filter('phone', 'EQ', { value: '+12025550143' }))).toEqual([id]);
    hubspot.update('contacts', id, { phone: '+12025550144' });
    expect(await find(filter('phone', 'EQ', { value: '+12025550143' }))).toEqual([]);
    const { body } = await search({ query: '5550144', properties: ['city'] });
    expect(Object.keys((body['results'] as readonly JsonObject[])[0]?.['properties'] ?? {})).not.toContain('phone');
  });
});

function batch(path: string, inputs: readonly JsonObject[]): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `POST /crm/associations/2026-03/${path}`, { inputs });
}

describe('associations', () => {
  let contact: string;
  let call: string;

  beforeEach(() => {
    contact = hubspot.create('contacts', { firstname: 'Ada' });
    call = hubspot.create('calls', { hs_timestamp: 1 });
  });

  test('2,001 writes and 1,001 reads are refused', async () => {
    const writes = Array.from({ length: 2001 }, () => ({ from: { id: call }, to: { id: contact } }));
    expect((await batch('calls/contacts/batch/associate/default', writes)).status).toBe(400);
    expect((await batch('calls/contacts/batch/associate/default', writes.slice(1))).status).toBe(200);
    const reads = Array.from({ length: 1001 }, () => ({ id: call }));
    expect((await batch('calls/contacts/batch/read', reads)).status).toBe(400);
  });

  test('a batch answers 207 for what is not there, and nothing at all for what has the wrong shape', async () => {
    const inputs = [
      { from: { id: call }, to: { id: contact } },
      { from: { id: call }, to: { id: '1' } },
    ];
    const answer = await batch('calls/contacts/batch/associate/default', inputs);
    expect([answer.status, answer.body]).toMatchObject([207, { numErrors: 1 }]);
    expect(hubspot.associated('contacts', contact, 'calls')).toEqual([call]);
    const wrong = await batch('calls/contacts/batch/associate/default', [{ from: call, to: contact }]);
    expect([wrong.status, wrong.body]).toMatchObject([200, { status: 'COMPLETE', results: [] }]);
  });

  test('there is no default from a call to a note', async () => {
    const note = hubspot.create('notes', { hs_timestamp: 1 });
    const answer = await askHubSpot(
      hubspot,
      `PUT /crm/objects/2026-03/calls/${call}/associations/default/notes/${note}`,
    );
    expect(answer.status).toBe(400);
  });

  test('labels are set, not added: what is not named goes', async () => {
    const company = hubspot.create('companies', { name: 'Engines' });
    const path = `PUT /crm/objects/2026-03/contacts/${contact}/associations/companies/${company}`;
    const spec = (associationTypeId: number): JsonObject => ({
      associationCategory: 'HUBSPOT_DEFINED',
      associationTypeId,
    });
    expect((await askHubSpot(hubspot, path, [spec(1), spec(279)])).status).toBe(201);
    await askHubSpot(hubspot, path, [spec(279)]);
    const { body } = await askHubSpot(hubspot, `GET /crm/objects/2026-03/contacts/${contact}/associations/companies`);
    expect(body['results']).toMatchObject([{ associationTypes: [{ typeId: 279 }] }]);
  });

  test("an administrator's limit is told", async () => {
    await hubspot.close();
    hubspot = await startHubSpot({ associationLimits: { 'contacts>calls': 1, 'calls>contacts': 1 } });
    const [one, two] = ['Ada', 'Grace'].map((firstname) => hubspot.create('contacts', { firstname }));
    const id = hubspot.create('calls', { hs_timestamp: 1 });
    const answers = [];
    for (const end of [one, two]) {
      answers.push(
        await askHubSpot(hubspot, `PUT /crm/objects/2026-03/calls/${id}/associations/default/contacts/${end}`),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
  });
});

describe('properties', () => {
  const PATH = '/crm/properties/2026-03/calls';
  const KEY = {
    name: 'hookline_call_id',
    label: 'Call',
    groupName: 'callInformation',
    type: 'string',
    fieldType: 'text',
  };

  test.each<[string, JsonObject]>([
    ['no group', { groupName: '' }],
    ['a group that is not there', { groupName: 'callinformation' }],
    ['capital letters', { name: 'hooklineCallId' }],
    ['a field type of another type', { fieldType: 'number' }],
  ])('a property with %s is refused', async (_, change) => {
    expect((await askHubSpot(hubspot, `POST ${PATH}`, { ...KEY, ...change })).status).toBe(400);
  });

  test('a name that is taken, and a name that is not there', async () => {
    expect((await askHubSpot(hubspot, `POST ${PATH}`, KEY)).status).toBe(201);
    expect((await askHubSpot(hubspot, `POST ${PATH}`, KEY)).body).toMatchObject({
      category: 'OBJECT_ALREADY_EXISTS',
      subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
    });
    expect((await askHubSpot(hubspot, `GET ${PATH}/nothing`)).status).toBe(404);
  });

  test('a name that was archived comes back as it was: not unique, with its values', async () => {
    await askHubSpot(hubspot, `POST ${PATH}`, KEY);
    const id = hubspot.create('calls', { hs_timestamp: 1, hookline_call_id: 'a' });
    expect((await askHubSpot(hubspot, `DELETE ${PATH}/hookline_call_id`)).status).toBe(204);
    const lost = await askHubSpot(hubspot, `PATCH /crm/objects/2026-03/calls/${id}`, {
      properties: { hookline_call_id: 'b' },
    });
    expect(lost.body['errors']).toMatchObject([{ code: 'PROPERTY_DOESNT_EXIST' }]);
    const again = await askHubSpot(hubspot, `POST ${PATH}`, { ...KEY, hasUniqueValue: true });
    expect([again.status, again.body['hasUniqueValue']]).toEqual([201, false]);
    expect(hubspot.record('calls', id)?.properties['hookline_call_id']).toBe('a');
  });

  test('PATCH replaces the whole list of options, and never makes a property unique', async () => {
    await askHubSpot(hubspot, `PATCH ${PATH}/hs_call_direction`, { options: [{ label: 'In', value: 'IN' }] });
    const read = await askHubSpot(hubspot, `GET ${PATH}/hs_call_direction`);
    expect((read.body['options'] as JsonObject[]).map(({ value }) => value)).toEqual(['IN']);
    await askHubSpot(hubspot, `PATCH ${PATH}/hs_call_title`, { hasUniqueValue: true });
    expect((await askHubSpot(hubspot, `GET ${PATH}/hs_call_title`)).body['hasUniqueValue']).toBe(false);
  });

  test('a property in use, and one of HubSpot, are not archived', async () => {
    await hubspot.close();
    hubspot = await startHubSpot({ propertiesInUse: ['calls.hookline_call_id'] });
    hubspot.addProperty('calls', { name: 'hookline_call_id' });
    expect((await askHubSpot(hubspot, `DELETE ${PATH}/hookline_call_id`)).status).toBe(400);
    expect((await askHubSpot(hubspot, `DELETE ${PATH}/hs_call_title`)).status).toBe(400);
  });

  test('an eleventh unique property is refused; and in some portals the first', async () => {
    const statuses = [];
    for (let index = 1; index <= 11; index += 1) {
      const property = { ...KEY, name: `key_${index}`, hasUniqueValue: true };
      statuses.push((await askHubSpot(hubspot, `POST ${PATH}`, property)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 201), 400]);
    await hubspot.close();
    hubspot = await startHubSpot({ refusesUniqueOn: ['calls'] });
    expect((await askHubSpot(hubspot, `POST ${PATH}`, { ...KEY, hasUniqueValue: true })).status).toBe(400);
    expect((await askHubSpot(hubspot, `POST ${PATH}`, KEY)).status).toBe(201);
  });

  test('a group is made once', async () => {
    const group = { name: 'hookline', label: 'Hookline' };
    const answers = [];
    for (let times = 0; times < 2; times += 1) answers.push(await askHubSpot(hubspot, `POST ${PATH}/groups`, group));
    expect(answers.map(({ status }) => status)).toEqual([201, 409]);
    expect((await askHubSpot(hubspot, `GET ${PATH}/groups`)).body['results']).toHaveLength(2);
  });

  test('the account, its limits and its dispositions', async () => {
    expect((await askHubSpot(hubspot, 'GET /account-info/2026-03/details')).body).toMatchObject({
      portalId: 4_242_424,
      timeZone: 'America/New_York',
    });
    expect((await askHubSpot(hubspot, 'GET /crm/limits/2026-03/custom-properties')).status).toBe(200);
    expect((await askHubSpot(hubspot, 'GET /calling/v1/dispositions')).text).toContain('Left voicemail');
    expect((await askHubSpot(hubspot, 'GET /crm/pipelines/2026-03/deals')).status).toBe(200);
  });
});
