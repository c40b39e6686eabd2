import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { startHubSpot, type HubSpot, type HubSpotOptions } from '../../simulators/hubspot/index.ts';
import { askHubSpot, type HubSpotAnswer } from '../../support/ask-hubspot.ts';

/* What HubSpot refuses of single writes and batches (hubspot.md 4 to 8 and 11), over plain HTTP, on 2026-03. */

const OBJECTS = '/crm/objects/2026-03';
let hubspot: HubSpot;

beforeEach(async () => {
  hubspot = await startHubSpot();
});
afterEach(() => hubspot.close());

/** Starts the portal over, with other answers to what is not settled. */
async function restart(options: Partial<HubSpotOptions>): Promise<void> {
  await hubspot.close();
  hubspot = await startHubSpot(options);
}

function create(type: string, properties: JsonObject): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `POST ${OBJECTS}/${type}`, { properties });
}

function batch(path: string, inputs: readonly JsonObject[]): Promise<HubSpotAnswer> {
  return askHubSpot(hubspot, `POST ${OBJECTS}/${path}`, { inputs });
}

/** `errors[].code` of a single write. */
function codesOf({ body }: HubSpotAnswer): unknown[] {
  return (body['errors'] as readonly JsonObject[] | undefined)?.map(({ code }) => code) ?? [];
}

describe('values', () => {
  const AT = { hs_timestamp: '2026-11-21T10:00:00Z' };

  test.each<[string, string, JsonObject, string]>([
    ['an unknown property', 'contacts', { firstname: 'Ada', favourite_colour: 'blue' }, 'PROPERTY_DOESNT_EXIST'],
    ['a read-only property', 'contacts', { firstname: 'Ada', createdate: '2026-11-21T10:00:00Z' }, 'READ_ONLY_VALUE'],
    ['a calculated property', 'contacts', { firstname: 'Ada', hs_calculated_phone_number: '1' }, 'READ_ONLY_VALUE'],
    ['an option in another case', 'calls', { ...AT, hs_call_direction: 'inbound' }, 'INVALID_OPTION'],
    ['a disposition by its label', 'calls', { ...AT, hs_call_disposition: 'Connected' }, 'INVALID_OPTION'],
    ['a call source of our own', 'calls', { ...AT, hs_call_source: 'HOOKLINE' }, 'INVALID_OPTION'],
    ['a number with a separator', 'calls', { ...AT, hs_call_duration: '61,000' }, 'INVALID_INTEGER'],
    ['a time with an offset', 'calls', { hs_timestamp: '2026-11-21T10:00:00+02:00' }, 'INVALID_DATE'],
    ['65,537 characters', 'calls', { ...AT, hs_call_body: 'x'.repeat(65_537) }, 'VALUE_TOO_LONG'],
    ['a recording over http', 'calls', { ...AT, hs_call_recording_url: 'http://a.example/b.mp3' }, 'INVALID_URL'],
    [
      'a recording of another kind',
      'calls',
      { ...AT, hs_call_recording_url: 'https://a.example/b.ogg' },
      'INVALID_URL',
    ],
    ['an owner who left', 'calls', { ...AT, hubspot_owner_id: '7003' }, 'INVALID_OWNER_ID'],
    ['a user id for an owner id', 'calls', { ...AT, hubspot_owner_id: '57001' }, 'INVALID_OWNER_ID'],
    ['an address that is none', 'contacts', { email: 'ada' }, 'INVALID_EMAIL'],
  ])('%s is refused', async (_, type, properties, code) => {
    const answer = await create(type, properties);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ status: 'error', category: 'VALIDATION_ERROR' });
    // The problems are JSON text inside the message, too.
    expect(answer.body['message']).toMatch(/^Property values were not valid: \[\{/);
    expect(codesOf(answer)).toEqual([code]);
    expect(hubspot.records('contacts').length + hubspot.records('calls').length).toBe(0);
  });

  test('65,536 characters, a recording with a signed query, and numbers as numbers are taken', async () => {
    const answer = await create('calls', {
      hs_timestamp: 1_700_000_000_123,
      hs_call_duration: 61_000,
      hs_call_body: 'x'.repeat(65_536),
      hs_call_recording_url: 'https://a.example/b.mp3?signature=1',
    });
    expect(answer.status).toBe(201);
    expect(answer.body['properties']).toMatchObject({
      hs_timestamp: '2023-11-14T22:13:20.123Z',
      hs_call_duration: '61000',
    });
  });

  test('not settled, the other answer: a query after .mp3 is refused', async () => {
    await restart({ allowsRecordingQuery: false });
    const answer = await create('calls', { ...AT, hs_call_recording_url: 'https://a.example/b.mp3?signature=1' });
    expect(codesOf(answer)).toEqual(['INVALID_URL']);
  });

  test('a date is a day or the epoch of a midnight in UTC', async () => {
    hubspot.addProperty('contacts', { name: 'birthday', type: 'date', fieldType: 'date' });
    const midnight = Date.parse('2026-11-21');
    expect((await create('contacts', { firstname: 'Ada', birthday: midnight })).body['properties']).toMatchObject({
      birthday: '2026-11-21',
    });
    expect((await create('contacts', { firstname: 'Ada', birthday: '2026-11-21' })).status).toBe(201);
    expect(codesOf(await create('contacts', { firstname: 'Ada', birthday: midnight + 3_600_000 }))).toEqual([
      'INVALID_DATE',
    ]);
  });

  test('a list with ; replaces, with a leading ; it appends, with spaces it is refused', async () => {
    const options = ['a', 'b', 'c'].map((value) => ({ value, label: value }));
    hubspot.addProperty('contacts', { name: 'topics', type: 'enumeration', fieldType: 'checkbox', options });
    const id = hubspot.create('contacts', { firstname: 'Ada', topics: 'a;b' });
    await askHubSpot(hubspot, `PATCH ${OBJECTS}/contacts/${id}`, { properties: { topics: ';c;b' } });
    expect(hubspot.record('contacts', id)?.properties['topics']).toBe('a;b;c');
    await askHubSpot(hubspot, `PATCH ${OBJECTS}/contacts/${id}`, { properties: { topics: 'c' } });
    expect(hubspot.record('contacts', id)?.properties['topics']).toBe('c');
    const spaced = await askHubSpot(hubspot, `PATCH ${OBJECTS}/contacts/${id}`, { properties: { topics: 'a; b' } });
    expect(codesOf(spaced)).toEqual(['INVALID_OPTION']);
  });

  test('"" clears a value', async () => {
    const id = hubspot.create('contacts', { firstname: 'Ada', city: 'London' });
    await askHubSpot(hubspot, `PATCH ${OBJECTS}/contacts/${id}`, { properties: { city: '' } });
    const read = await askHubSpot(hubspot, `GET ${OBJECTS}/contacts/${id}?properties=city`);
    expect(read.body['properties']).toMatchObject({ city: null });
  });

  test('lifecyclestage goes forward only, in silence, until it is cleared', async () => {
    const id = hubspot.create('contacts', { firstname: 'Ada', lifecyclestage: 'opportunity' });
    const set = (lifecyclestage: string): Promise<HubSpotAnswer> =>
      askHubSpot(hubspot, `PATCH ${OBJECTS}/contacts/${id}`, { properties: { lifecyclestage } });
    const back = await set('lead');
    expect([back.status, back.body['properties']]).toMatchObject([200, { lifecyclestage: 'opportunity' }]);
    expect((await set('customer')).body['properties']).toMatchObject({ lifecyclestage: 'customer' });
    await set('');
    expect((await set('lead')).body['properties']).toMatchObject({ lifecyclestage: 'lead' });
  });

  test('the calculated phone numbers: national without leading zeros, and whole', async () => {
    const phones = ['+44 20 7946 0958', '00004'].map((phone) => hubspot.create('contacts', { firstname: 'A', phone }));
    const shown = phones.map((id) => hubspot.record('contacts', id)?.properties);
    expect(shown).toMatchObject([
      { hs_searchable_calculated_phone_number: '2079460958', hs_calculated_phone_number: '+442079460958' },
      { hs_searchable_calculated_phone_number: '4' },
    ]);
    expect(shown[1]).not.toHaveProperty('hs_calculated_phone_number');
  });
});

describe('creates', () => {
  test.each(['calls', 'tasks', 'notes'])('%s without hs_timestamp are refused', async (type) => {
    const answer = await create(type, {});
    expect(answer.body).toMatchObject({ category: 'VALIDATION_ERROR', context: { properties: ['hs_timestamp'] } });
  });

  test('a contact needs an address or a name, unless the portal does not mind', async () => {
    expect((await create('contacts', { phone: '+12025550143' })).status).toBe(400);
    await restart({ contactNeedsName: false });
    expect((await create('contacts', { phone: '+12025550143' })).status).toBe(201);
  });

  test('an address that is taken is answered with the id of who has it', async () => {
    const id = hubspot.create('contacts', { email: 'ada@example.com' });
    const answer = await create('contacts', { email: 'ADA@example.com' });
    expect([answer.status, answer.body['category'], answer.body['message']]).toEqual([
      409,
      'CONFLICT',
      `Contact already exists. Existing ID: ${id}`,
    ]);
  });

  test("an address that is somebody's second one is answered in the other form, with a half-allocated id", async () => {
    const id = hubspot.create('contacts', { email: 'ada@example.com', hs_additional_emails: 'augusta@example.com' });
    const answer = await create('contacts', { email: 'augusta@example.com' });
    const message = answer.body['message'] as string;
    expect([answer.status, answer.body['category']]).toEqual([400, 'VALIDATION_ERROR']);
    const [, half, holder] =
      /^Cannot set PropertyValueCoordinates\{.*\} on (\d+)\. (\d+) already has that value\.$/.exec(message) ?? [];
    expect(holder).toBe(id);
    expect(half).not.toBe(id);
    expect(hubspot.records('contacts')).toHaveLength(1);
  });

  test('not settled, the other answer: the half-allocated record stays behind as a ghost', async () => {
    await restart({ leavesGhosts: true });
    hubspot.addProperty('calls', { name: 'hookline_call_id', hasUniqueValue: true });
    hubspot.create('calls', { hs_timestamp: 1, hookline_call_id: 'a' });
    await create('calls', { hs_timestamp: 1, hookline_call_id: 'a' });
    expect(hubspot.records('calls').map(({ properties }) => properties['hookline_call_id'])).toEqual(['a', undefined]);
  });

  test('an association that is there already, goes the other way or leads nowhere is told', async () => {
    const contact = hubspot.create('contacts', { firstname: 'Ada' });
    const answers = await Promise.all(
      [
        { id: contact, type: 193 },
        { id: '1', type: 194 },
      ].map(({ id, type }) =>
        askHubSpot(hubspot, `POST ${OBJECTS}/calls`, {
          properties: { hs_timestamp: 1 },
          associations: [{ to: { id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: type }] }],
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 404]);
    expect(hubspot.records('calls')).toEqual([]);
  });

  test("record rules hold from 2026-09 on: the portal's required and conditional properties", async () => {
    await restart({
      recordRules: {
        requiredOnCreate: { contacts: ['city'] },
        conditional: [{ type: 'contacts', property: 'hs_lead_status', value: 'OPEN_DEAL', requires: 'company' }],
      },
    });
    const properties = { firstname: 'Ada', city: 'London', hs_lead_status: 'OPEN_DEAL' };
    expect((await create('contacts', { firstname: 'Ada' })).status).toBe(201);
    const answers = [];
    for (const sent of [{ firstname: 'Ada' }, properties, { ...properties, company: 'Engines' }]) {
      answers.push(await askHubSpot(hubspot, 'POST /crm/objects/2026-09/contacts', { properties: sent }));
    }
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 201]);
    expect(answers.slice(0, 2).flatMap(codesOf)).toEqual([
      'MISSING_REQUIRED_PROPERTY',
      'MISSING_CONDITIONAL_REQUIRED_PROPERTY',
    ]);
  });
});

function upsertOf(id: string, properties: JsonObject = {}, idProperty = 'person_key'): JsonObject & { id: string } {
  return { id, idProperty, properties: { firstname: 'Ada', ...properties } };
}

describe('batches', () => {
  beforeEach(() => hubspot.addProperty('contacts', { name: 'person_key', hasUniqueValue: true }));

  test('101 inputs are refused', async () => {
    const inputs = Array.from({ length: 101 }, (_, index) => upsertOf(String(index)));
    const answer = await batch('contacts/batch/upsert', inputs);
    expect([answer.status, answer.body['category']]).toEqual([400, 'VALIDATION_ERROR']);
    expect((await batch('contacts/batch/upsert', inputs.slice(1))).status).toBe(200);
  });

  test('the same id twice is refused whole, whatever the trace ids, and addresses whatever the case', async () => {
    const inputs = [upsertOf('a'), upsertOf('b'), upsertOf('a')].map((input, index) => ({
      ...input,
      objectWriteTraceId: String(index),
    }));
    const answer = await batch('contacts/batch/upsert', inputs);
    expect(answer.body).toMatchObject({ category: 'VALIDATION_ERROR', context: { ids: ['a'] } });
    expect(answer.body['message']).toMatch(/^Duplicate IDs found in batch input/);
    const byEmail = ['Ada@example.com', 'ada@example.com'].map((id) => upsertOf(id, {}, 'email'));
    expect((await batch('contacts/batch/upsert', byEmail)).status).toBe(400);
    const id = hubspot.create('contacts', { firstname: 'Ada' });
    const twice = [1, 2].map(() => ({ id, properties: { city: 'London' } }));
    expect((await batch('contacts/batch/update', twice)).status).toBe(400);
  });

  test.each(['phone', 'hs_object_id', 'no_such_property'])('idProperty %s is refused as not unique', async (name) => {
    const answer = await batch('contacts/batch/upsert', [upsertOf('1', {}, name)]);
    expect(answer.body['message']).toMatch(`Unable to perform upsert by non-unique 0-1 property ${name}`);
  });

  test('an upsert takes no associations and needs an idProperty', async () => {
    expect((await batch('contacts/batch/upsert', [{ ...upsertOf('a'), associations: [] }])).status).toBe(400);
    expect((await batch('contacts/batch/upsert', [{ id: 'a', properties: { firstname: 'Ada' } }])).status).toBe(400);
  });

  test('a batch update by address is refused, and with an address for an id it changes nothing and says nothing', async () => {
    const id = hubspot.create('contacts', { email: 'ada@example.com' });
    const input = { id: 'ada@example.com', properties: { city: 'London' } };
    expect((await batch('contacts/batch/update', [{ ...input, idProperty: 'email' }])).status).toBe(400);
    const silent = await batch('contacts/batch/update', [input]);
    expect([silent.status, silent.body['results']]).toEqual([200, []]);
    expect(hubspot.record('contacts', id)?.properties).not.toHaveProperty('city');
  });

  test('a trace id that stands twice, or is missing once, makes it all or nothing', async () => {
    const bad = upsertOf('bad', { nothing: 1 });
    for (const traces of [
      ['t', 't'],
      ['t', undefined],
    ]) {
      const inputs = [upsertOf('good'), bad].map((input, index) => {
        const trace = traces[index];
        return trace === undefined ? input : { ...input, objectWriteTraceId: trace };
      });
      const answer = await batch('contacts/batch/upsert', inputs);
      expect(answer.status).toBe(400);
      expect(answer.body).not.toHaveProperty('errors');
    }
    expect(hubspot.records('contacts')).toEqual([]);
  });

  test('upserts by address are all or nothing, unless the portal means something else by "partial"', async () => {
    const inputs = (): JsonObject[] =>
      ['ada@example.com', 'none'].map((id) => ({ ...upsertOf(id, {}, 'email'), objectWriteTraceId: id }));
    expect((await batch('contacts/batch/upsert', inputs())).status).toBe(400);
    await restart({ emailUpsertsAllOrNothing: false });
    expect((await batch('contacts/batch/upsert', inputs())).status).toBe(207);
    expect(hubspot.records('contacts')).toHaveLength(1);
  });

  test('not settled, the other answer: this portal knows email as no unique property', async () => {
    await restart({ upsertsByEmail: false });
    expect((await batch('contacts/batch/upsert', [upsertOf('ada@example.com', {}, 'email')])).status).toBe(400);
  });

  test('a second address is found by idProperty only where the portal does so', async () => {
    for (const [findsSecondaryEmail, status] of [
      [false, 400],
      [true, 200],
    ] as const) {
      await restart({ findsSecondaryEmail });
      hubspot.create('contacts', { email: 'ada@example.com', hs_additional_emails: 'augusta@example.com' });
      const answer = await batch('contacts/batch/upsert', [upsertOf('augusta@example.com', {}, 'email')]);
      expect(answer.status).toBe(status);
      expect(hubspot.records('contacts')).toHaveLength(1);
    }
  });

  test('two upserts of one new key at once: an update, or a conflict in a portal that races', async () => {
    await batch('contacts/batch/upsert', [upsertOf('a')]);
    expect((await batch('contacts/batch/upsert', [upsertOf('a')])).body).toMatchObject({ results: [{ new: false }] });
    let now = 0;
    await restart({ raceWindowMs: 50, clock: () => now });
    hubspot.addProperty('contacts', { name: 'person_key', hasUniqueValue: true });
    await batch('contacts/batch/upsert', [upsertOf('a')]);
    const raced = await batch('contacts/batch/upsert', [upsertOf('a')]);
    expect(raced.body['message']).toMatch(/already has that value\.$/);
    now = 50;
    expect((await batch('contacts/batch/upsert', [upsertOf('a')])).status).toBe(200);
  });

  test('trace ids are not echoed by a portal that does not', async () => {
    await restart({ echoesTraceIds: false });
    const answer = await batch('contacts/batch/create', [{ properties: { firstname: 'A' }, objectWriteTraceId: 't' }]);
    expect((answer.body['results'] as JsonObject[])[0]).not.toHaveProperty('objectWriteTraceId');
  });

  test('an archived record gives its unique value free, or keeps it', async () => {
    for (const [archivedHoldsUnique, status] of [
      [false, 200],
      [true, 400],
    ] as const) {
      await restart({ archivedHoldsUnique });
      hubspot.addProperty('contacts', { name: 'person_key', hasUniqueValue: true });
      hubspot.archive('contacts', hubspot.create('contacts', { firstname: 'Ada', person_key: 'a' }));
      expect((await batch('contacts/batch/upsert', [upsertOf('a')])).status).toBe(status);
    }
  });

  test('a row that fails late takes back nothing but itself', async () => {
    const inputs = [
      upsertOf('a', { email: 'ada@example.com' }),
      upsertOf('b', { email: 'ada@example.com' }),
      upsertOf('c', { email: 'grace@example.com' }),
    ].map((input) => ({ ...input, objectWriteTraceId: input.id }));
    const answer = await batch('contacts/batch/upsert', inputs);
    expect(answer.body).toMatchObject({ numErrors: 1, errors: [{ category: 'CONFLICT' }] });
    expect(hubspot.records('contacts').map(({ properties }) => properties['person_key'])).toEqual(['a', 'c']);
    expect(hubspot.duplicates()).toEqual([]);
  });

  test('of a merged contact the old ids lead nowhere, or to the survivor', async () => {
    for (const [mergedIdsRedirect, status] of [
      [false, 404],
      [true, 200],
    ] as const) {
      await restart({ mergedIdsRedirect });
      const [kept = '', other = ''] = ['Ada', 'Grace'].map((firstname) => hubspot.create('contacts', { firstname }));
      const survivor = hubspot.mergeContacts(kept, other);
      const read = await askHubSpot(hubspot, `GET ${OBJECTS}/contacts/${other}`);
      expect([read.status, read.body['id'] ?? survivor]).toEqual([status, survivor]);
      const updated = await batch('contacts/batch/update', [{ id: other, properties: { city: 'London' } }]);
      expect(updated.status).toBe(mergedIdsRedirect ? 200 : 404);
    }
  });
});
