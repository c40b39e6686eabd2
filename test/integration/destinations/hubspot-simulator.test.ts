import { Client } from '@hubspot/api-client';
import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/objects/calls/models/AssociationSpec.js';
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/models/Filter.js';
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from '@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { startHubSpot, type HubSpot } from '../../simulators/hubspot/index.ts';

/* The simulator is only worth something if HubSpot's own client takes it for HubSpot. */

let hubspot: HubSpot;
let client: Client;

beforeEach(async () => {
  hubspot = await startHubSpot();
  client = new Client({ accessToken: hubspot.token, basePath: hubspot.url });
});
afterEach(() => hubspot.close());

/** What the official client throws. */
interface ApiException {
  readonly code: number;
  readonly body: { readonly category: string; readonly message: string; readonly errors?: unknown };
}

async function refusalOf(request: Promise<unknown>): Promise<ApiException> {
  try {
    await request;
  } catch (error) {
    return error as ApiException;
  }
  throw new Error('it was not refused');
}

describe('single records', () => {
  test('a contact is created, read, updated and archived', async () => {
    const api = client.crm.contacts.basicApi;
    const made = await api.create({
      properties: { email: 'Ada@Example.com', firstname: 'Ada', phone: '+12025550143' },
    });
    expect(made.properties['email']).toBe('ada@example.com');
    expect(made.createdAt).toBeInstanceOf(Date);

    const read = await api.getById(made.id, ['firstname', 'phone', 'hs_searchable_calculated_phone_number']);
    expect(read.properties).toMatchObject({
      phone: '+12025550143',
      hs_searchable_calculated_phone_number: '2025550143',
    });

    await api.update(made.id, { properties: { firstname: 'Augusta', phone: '' } });
    expect(hubspot.record('contacts', made.id)?.properties).toMatchObject({ firstname: 'Augusta' });
    expect(hubspot.record('contacts', made.id)?.properties['phone']).toBeUndefined();

    await api.archive(made.id);
    expect(await refusalOf(api.getById(made.id))).toMatchObject({ code: 404, body: { category: 'OBJECT_NOT_FOUND' } });
  });

  test('a contact is read by its address, which goes encoded in the path', async () => {
    const id = hubspot.create('contacts', { email: 'a+b@example.com' });
    const read = await client.crm.contacts.basicApi.getById(
      'A+b@example.com',
      undefined,
      undefined,
      undefined,
      false,
      'email',
    );
    expect(read.id).toBe(id);
  });

  test('a call is created with its association, and the contact shows it', async () => {
    const contact = hubspot.create('contacts', { firstname: 'Ada' });
    const call = await client.crm.objects.calls.basicApi.create({
      properties: { hs_timestamp: '2026-11-21T10:00:00Z', hs_call_duration: '61000', hs_call_direction: 'INBOUND' },
      associations: [
        {
          to: { id: contact },
          types: [
            { associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined, associationTypeId: 194 },
          ],
        },
      ],
    });
    expect(hubspot.associated('calls', call.id, 'contacts')).toEqual([contact]);
    const read = await client.crm.contacts.basicApi.getById(contact, undefined, undefined, ['calls']);
    expect(read.associations?.['calls']?.results).toEqual([{ id: call.id, type: 'contact_to_call' }]);
  });

  test('contacts are listed page by page', async () => {
    for (let index = 0; index < 25; index += 1) hubspot.create('contacts', { firstname: `Ada ${index}` });
    const all = await client.crm.contacts.getAll(10);
    expect(all.map(({ properties }) => properties['firstname'])).toHaveLength(25);
    expect(new Set(all.map(({ id }) => id)).size).toBe(25);
  });

  test('two contacts are merged into one with a new id', async () => {
    const [kept, other] = ['ada@example.com', 'augusta@example.com'].map((email) =>
      hubspot.create('contacts', { email }),
    );
    const call = hubspot.create('calls', { hs_timestamp: 1 });
    await client.crm.associations.v4.basicApi.createDefault('calls', call, 'contacts', String(other));
    const survivor = await client.crm.contacts.basicApi.merge({
      primaryObjectId: String(kept),
      objectIdToMerge: String(other),
    });
    expect([kept, other]).not.toContain(survivor.id);
    expect(hubspot.associated('contacts', survivor.id, 'calls')).toEqual([call]);
    expect(hubspot.record('contacts', survivor.id)?.properties).toMatchObject({
      email: 'ada@example.com',
      hs_additional_emails: 'augusta@example.com',
    });
    expect(await refusalOf(client.crm.contacts.basicApi.getById(String(kept)))).toMatchObject({ code: 404 });
  });
});

function upsertOf(id: string, properties: Record<string, string>): Record<string, unknown> & { id: string } {
  return { id, idProperty: 'hookline_call_id', objectWriteTraceId: `trace-${id}`, properties };
}

describe('batches', () => {
  beforeEach(() => hubspot.addProperty('calls', { name: 'hookline_call_id', hasUniqueValue: true }));

  test('an upsert creates, then updates, and answers in an order of its own', async () => {
    const api = client.crm.objects.calls.batchApi;
    const inputs = ['a', 'b', 'c'].map((id) => upsertOf(id, { hs_timestamp: '1700000000000' }));
    const first = await api.upsert({ inputs: inputs as never });
    expect(first.results.map(({ _new }) => _new)).toEqual([true, true, true]);
    expect(first.results.map(({ properties }) => properties['hookline_call_id'])).not.toEqual(['a', 'b', 'c']);
    expect(first.results.map(({ objectWriteTraceId }) => String(objectWriteTraceId)).toSorted()).toEqual([
      'trace-a',
      'trace-b',
      'trace-c',
    ]);

    const second = await api.upsert({ inputs: inputs as never });
    expect(second.results.map(({ _new }) => _new)).toEqual([false, false, false]);
    expect(hubspot.records('calls')).toHaveLength(3);
  });

  test('with trace ids one bad row fails alone: 207, which the client does not throw', async () => {
    const answer = await client.crm.objects.calls.batchApi.upsert({
      inputs: [
        upsertOf('good', { hs_timestamp: '1700000000000' }),
        upsertOf('bad', { hs_timestamp: '1700000000000', hs_call_direction: 'inbound' }),
      ] as never,
    });
    expect(answer).toMatchObject({
      status: 'COMPLETE',
      numErrors: 1,
      errors: [{ category: 'VALIDATION_ERROR', context: { objectWriteTraceId: ['trace-bad'] } }],
    });
    expect(hubspot.records('calls').map(({ properties }) => properties['hookline_call_id'])).toEqual(['good']);
  });

  test('without trace ids one bad row fails all', async () => {
    const refusal = await refusalOf(
      client.crm.objects.calls.batchApi.create({
        inputs: [
          { properties: { hs_timestamp: '1700000000000' }, associations: [] },
          { properties: { hs_call_title: 'no time' }, associations: [] },
        ],
      }),
    );
    expect(refusal).toMatchObject({ code: 400, body: { category: 'VALIDATION_ERROR' } });
    expect(hubspot.records('calls')).toEqual([]);
  });

  test('records are read by id and by unique property; those missing come as errors of a 207', async () => {
    const id = hubspot.create('calls', { hs_timestamp: 1, hookline_call_id: 'one' });
    const read = await client.crm.objects.calls.batchApi.read({
      inputs: [{ id: 'one' }, { id: 'two' }],
      idProperty: 'hookline_call_id',
      properties: ['hookline_call_id'],
      propertiesWithHistory: [],
    });
    expect(read.results.map((record) => record.id)).toEqual([id]);
    expect(read).toMatchObject({ errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['two'] } }] });
  });

  test('records are updated by id, and archived', async () => {
    const ids = ['Ada', 'Grace'].map((firstname) => hubspot.create('contacts', { firstname }));
    const updated = await client.crm.contacts.batchApi.update({
      inputs: ids.map((id) => ({ id, properties: { city: 'London' } })),
    });
    expect(updated.results.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(hubspot.records('contacts').map(({ properties }) => properties['city'])).toEqual(['London', 'London']);
    await client.crm.contacts.batchApi.archive({ inputs: ids.map((id) => ({ id })) });
    expect(hubspot.records('contacts')).toEqual([]);
  });
});

describe('search', () => {
  test('finds by phone through the national number, page by page', async () => {
    const ids = ['+12025550143', '(202) 555-0143', '+442025550143'].map((phone) =>
      hubspot.create('contacts', { firstname: 'Ada', phone }),
    );
    const query = {
      filterGroups: [
        {
          filters: [
            {
              propertyName: 'hs_searchable_calculated_phone_number',
              operator: FilterOperatorEnum.In,
              values: ['2025550143'],
            },
          ],
        },
      ],
      properties: ['phone', 'hs_calculated_phone_number'],
      limit: 2,
    };
    const first = await client.crm.contacts.searchApi.doSearch(query);
    expect(first.total).toBe(3);
    const second = await client.crm.contacts.searchApi.doSearch({ ...query, after: String(first.paging?.next?.after) });
    expect([...first.results, ...second.results].map(({ id }) => id)).toEqual(ids);
    // The area code is the same in Britain: a hit is no match yet.
    expect(second.results[0]?.properties['hs_calculated_phone_number']).toBe('+442025550143');
  });

  test('knows of a write only after the lag, and forgets an archived record as late', async () => {
    hubspot.lag(5000);
    const id = hubspot.create('contacts', { email: 'ada@example.com' });
    const search = async (): Promise<string[]> => {
      const { results } = await client.crm.contacts.searchApi.doSearch({
        filterGroups: [
          { filters: [{ propertyName: 'email', operator: FilterOperatorEnum.Eq, value: 'ADA@example.com' }] },
        ],
      });
      return results.map((record) => record.id);
    };
    expect(await search()).toEqual([]);
    hubspot.advance(5000);
    expect(await search()).toEqual([id]);
    hubspot.archive('contacts', id);
    expect(await search()).toEqual([id]);
    hubspot.lag(0);
    expect(await search()).toEqual([]);
  });
});

describe('associations', () => {
  test('the default one is made as often as you like, single and in batches, and read back', async () => {
    const contact = hubspot.create('contacts', { firstname: 'Ada' });
    const call = hubspot.create('calls', { hs_timestamp: 1 });
    const { basicApi, batchApi } = client.crm.associations.v4;
    await basicApi.createDefault('calls', call, 'contacts', contact);
    const batch = await batchApi.createDefault('calls', 'contacts', {
      inputs: [{ _from: { id: call }, to: { id: contact } }],
    });
    expect(batch.results).toHaveLength(1);
    const page = await basicApi.getPage('contacts', contact, 'calls');
    expect(page.results).toEqual([
      { toObjectId: call, associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 193, label: null }] },
    ]);
    const read = await batchApi.getPage('calls', 'contacts', { inputs: [{ id: call }] });
    expect(read.results.map(({ _from, to }) => [_from.id, to.map(({ toObjectId }) => toObjectId)])).toEqual([
      [call, [contact]],
    ]);
    await basicApi.archive('calls', call, 'contacts', contact);
    expect(hubspot.associated('contacts', contact, 'calls')).toEqual([]);
  });
});

describe('the account', () => {
  test('a unique property is created once, read, found taken, and archived', async () => {
    await client.crm.properties.groupsApi.create('calls', { name: 'hookline', label: 'Hookline' });
    const property = {
      name: 'hookline_call_id',
      label: 'Call id',
      groupName: 'hookline',
      type: PropertyCreateTypeEnum.String,
      fieldType: PropertyCreateFieldTypeEnum.Text,
      hasUniqueValue: true,
    };
    await client.crm.properties.coreApi.create('calls', property);
    expect(await refusalOf(client.crm.properties.coreApi.create('calls', property))).toMatchObject({
      code: 409,
      body: { category: 'OBJECT_ALREADY_EXISTS' },
    });
    const read = await client.crm.properties.coreApi.getByName('calls', 'hookline_call_id');
    expect(read.hasUniqueValue).toBe(true);
    const all = await client.crm.properties.coreApi.getAll('calls');
    expect(all.results.map(({ name }) => name)).toContain('hookline_call_id');
    await client.crm.properties.coreApi.archive('calls', 'hookline_call_id');
    expect(await refusalOf(client.crm.properties.coreApi.getByName('calls', 'hookline_call_id'))).toMatchObject({
      code: 404,
    });
  });

  test('owners and pipelines', async () => {
    const owners = await client.crm.owners.ownersApi.getPage('ada@hookline.example');
    expect(owners.results.map(({ id }) => id)).toEqual(['7001']);
    const pipelines = await client.crm.pipelines.pipelinesApi.getAll('tickets');
    expect(pipelines.results[0]?.stages.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
  });

  test('a refresh token gets an access token, which works until it ends', async () => {
    const issued = await client.oauth.tokensApi.create(
      'refresh_token',
      undefined,
      undefined,
      'client-id',
      'client-secret',
      'refresh-0',
    );
    expect(issued.expiresIn).toBe(1800);
    const app = new Client({ accessToken: issued.accessToken, basePath: hubspot.url });
    await app.crm.owners.ownersApi.getPage();
    hubspot.advance(1_802_000);
    expect(await refusalOf(app.crm.owners.ownersApi.getPage())).toMatchObject({
      code: 401,
      body: { category: 'EXPIRED_AUTHENTICATION', message: expect.stringContaining('expired 2 second(s) ago') },
    });
  });
});
