import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import { openSession, type SalesforceAnswer, type SalesforceSession } from '../../support/ask-salesforce.ts';

/* What Salesforce refuses of writes (salesforce.md 4), over plain HTTP. */

const KEY = 'Hookline_Call_Id__c';
const LEAD = { LastName: 'Lovelace', Company: 'Analytical Engines' };
let salesforce: Salesforce;
let session: SalesforceSession;

beforeEach(() => start({}));
afterEach(() => salesforce.close());

async function start(options: Partial<SalesforceOptions>): Promise<void> {
  salesforce = await startSalesforce(options);
  session = await openSession(salesforce);
}

/** Starts the org over, with other answers to what is not settled. */
async function restart(options: Partial<SalesforceOptions>): Promise<void> {
  await salesforce.close();
  await start(options);
}

function create(type: string, fields: JsonObject): Promise<SalesforceAnswer> {
  return session.ask(`POST /sobjects/${type}`, fields);
}

function collection(type: string, rows: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { ...more, records: rows.map((row) => ({ attributes: { type }, ...row })) };
}

/** `statusCode` of every row, null for one that was written. */
function codesOf({ body }: SalesforceAnswer): readonly (string | null)[] {
  const rows = body as unknown as readonly { errors: readonly { statusCode: string }[] }[];
  return rows.map(({ errors }) => errors[0]?.statusCode ?? null);
}

function idOf({ body }: SalesforceAnswer): string {
  return (body as unknown as { readonly id: string }).id;
}

function addKey(more: JsonObject = {}): void {
  salesforce.addField('Activity', { name: KEY, length: 64, externalId: true, unique: true, ...more });
}

describe('values', () => {
  test.each<[string, string, JsonObject, string]>([
    ['a lead without a company', 'Lead', { LastName: 'Lovelace' }, 'REQUIRED_FIELD_MISSING'],
    ['a name of blanks', 'Lead', { ...LEAD, LastName: '  ' }, 'REQUIRED_FIELD_MISSING'],
    ['an unknown field', 'Lead', { ...LEAD, Colour__c: 'blue' }, 'INVALID_FIELD'],
    ['a name of 81 characters', 'Lead', { ...LEAD, LastName: 'x'.repeat(81) }, 'STRING_TOO_LONG'],
    ['a first name of 41', 'Contact', { LastName: 'x', FirstName: 'x'.repeat(41) }, 'STRING_TOO_LONG'],
    ['32,001 characters of comments', 'Task', { Description: 'x'.repeat(32_001) }, 'STRING_TOO_LONG'],
    ['an address that is none', 'Lead', { ...LEAD, Email: 'ada@example' }, 'INVALID_EMAIL_ADDRESS'],
    ['a call type in another case', 'Task', { CallType: 'inbound' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    ['text for a number', 'Task', { CallDurationInSeconds: 'a minute' }, 'JSON_PARSER_ERROR'],
    ['parts of a second', 'Task', { CallDurationInSeconds: 61.5 }, 'JSON_PARSER_ERROR'],
    ['nine digits of seconds', 'Task', { CallDurationInSeconds: 100_000_000 }, 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['a number for text', 'Task', { Subject: 5 }, 'JSON_PARSER_ERROR'],
    ['text for a checkbox', 'Lead', { ...LEAD, DoNotCall: 'true' }, 'JSON_PARSER_ERROR'],
    ['an object for text', 'Lead', { ...LEAD, Title: { a: 1 } }, 'JSON_PARSER_ERROR'],
    ['a time for a date', 'Task', { ActivityDate: '2026-11-20T10:00:00Z' }, 'JSON_PARSER_ERROR'],
    ['a day that is none', 'Task', { ActivityDate: '2026-13-40' }, 'JSON_PARSER_ERROR'],
    ['a time without a zone', 'Task', { ReminderDateTime: '2026-11-20T10:00:00' }, 'JSON_PARSER_ERROR'],
    ['an id that is none', 'Task', { WhoId: 'someone' }, 'MALFORMED_ID'],
    ['an id with a wrong checksum', 'Task', { WhoId: '00Q5g0000000001BAA' }, 'MALFORMED_ID'],
    ['an id of another object', 'Task', { WhoId: '0015g0000000001AAA' }, 'FIELD_INTEGRITY_EXCEPTION'],
    ['the id of nobody', 'Task', { WhoId: '00Q5g0000000009' }, 'INVALID_CROSS_REFERENCE_KEY'],
    ['an id in a create', 'Lead', { ...LEAD, Id: '00Q5g0000000001EAA' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['a field that Salesforce computes', 'Task', { IsClosed: true }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['a time of creation', 'Lead', { ...LEAD, CreatedDate: '2026-11-20T10:00:00Z' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
  ])('%s is refused', async (_, type, fields, code) => {
    const answer = await create(type, fields);
    expect(answer).toMatchObject({ status: 400, code });
    expect(salesforce.records('Lead').length + salesforce.records('Task').length).toBe(0);
  });

  test('what is taken, and how it is kept', async () => {
    const lead = idOf(await create('Lead', { ...LEAD, Phone: ' +12025550143 ', Email: '' }));
    expect(salesforce.record('Lead', lead)?.fields).toMatchObject({ Phone: '+12025550143' });
    expect(salesforce.record('Lead', lead)?.fields['Email']).toBeUndefined();
    const task = idOf(
      await create('Task', {
        Status: 'Completed',
        CallDurationInSeconds: '61',
        Description: 'x'.repeat(32_000),
        ReminderDateTime: '2026-11-20T10:00:00.123+02:00',
        WhoId: lead.slice(0, 15),
        Type: 'An unlisted type',
      }),
    );
    expect(salesforce.record('Task', task.slice(0, 15))?.fields).toMatchObject({
      CallDurationInSeconds: 61,
      ReminderDateTime: '2026-11-20T08:00:00.000+0000',
      IsClosed: true,
      Priority: 'Normal',
      TaskSubtype: 'Task',
      WhoId: lead,
      Type: 'An unlisted type',
    });
  });

  test('ids of 18 characters survive a loss of case, and the checksum is the real one', async () => {
    const id = salesforce.create('Lead', LEAD);
    expect(id).toBe('00Q5g0000000001EAA');
    expect(await session.ask(`GET /sobjects/Lead/${id.toLowerCase()}?fields=LastName`)).toMatchObject({
      body: { LastName: 'Lovelace', Id: id },
    });
    expect(await session.ask('GET /sobjects/Lead/00Q5g0000000001EAB')).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
  });

  test('a lead has no related record beside it', async () => {
    const [WhoId, WhatId] = [salesforce.create('Lead', LEAD), salesforce.create('Account', { Name: 'x' })];
    expect(await create('Task', { WhoId, WhatId })).toMatchObject({ status: 400, code: 'FIELD_INTEGRITY_EXCEPTION' });
    expect(await create('Task', { WhatId })).toMatchObject({ status: 201 });
  });

  test('an owner who left is refused, a queue is not', async () => {
    const { body } = await session.query('SELECT Id FROM User WHERE IsActive = false');
    const [gone] = (body as unknown as { records: { Id: string }[] }).records;
    expect(await create('Lead', { ...LEAD, OwnerId: gone?.Id ?? '' })).toMatchObject({
      code: 'INACTIVE_OWNER_OR_USER',
    });
    expect(await create('Lead', { ...LEAD, OwnerId: '00G5g0000000001' })).toMatchObject({ status: 201 });
  });
});

describe('records that changed hands', () => {
  test('a converted lead is not written to, its tasks are at the contact', async () => {
    const lead = salesforce.create('Lead', { ...LEAD, Phone: '+12025550143' });
    salesforce.create('Task', { Subject: 'Call', WhoId: lead });
    const { contactId, accountId } = salesforce.convertLead(lead);
    const code = 'CANNOT_UPDATE_CONVERTED_LEAD';
    expect(await session.ask(`PATCH /sobjects/Lead/${lead}`, { Title: 'Countess' })).toMatchObject({
      status: 400,
      code,
    });
    expect(await create('Task', { WhoId: lead })).toMatchObject({ status: 400, code });
    expect(await session.ask(`GET /sobjects/Lead/${lead}?fields=IsConverted,ConvertedContactId`)).toMatchObject({
      body: { IsConverted: true, ConvertedContactId: contactId },
    });
    expect(salesforce.tasksOf(contactId).map(({ fields }) => fields['AccountId'])).toEqual([accountId]);
    expect(salesforce.tasksOf(lead)).toEqual([]);
    expect(salesforce.duplicates()).toEqual([]);
  });

  test('a lead is converted into a contact there is', () => {
    const contactId = salesforce.create('Contact', { LastName: 'Lovelace' });
    expect(salesforce.convertLead(salesforce.create('Lead', LEAD), { contactId })).toMatchObject({ contactId });
    expect(salesforce.records('Contact')).toHaveLength(1);
  });

  test('of two merged contacts one is deleted, and its tasks move', async () => {
    const [kept, other] = ['Ada', 'Augusta'].map((FirstName) =>
      salesforce.create('Contact', { FirstName, LastName: 'Lovelace', Phone: '(202) 555-0143' }),
    ) as [string, string];
    salesforce.create('Task', { Subject: 'Call', WhoId: other });
    expect(salesforce.duplicates()).toEqual(['person.phone=+12025550143']);
    salesforce.mergeInto('Contact', kept, other);
    expect(salesforce.duplicates()).toEqual([]);
    expect(salesforce.tasksOf(kept)).toHaveLength(1);
    expect(await create('Task', { WhoId: other })).toMatchObject({ code: 'ENTITY_IS_DELETED' });
    expect(await session.ask(`PATCH /sobjects/Contact/${other}`, { Title: 'x' })).toMatchObject({
      status: 404,
      code: 'ENTITY_IS_DELETED',
    });
    expect(
      await session.ask(
        `GET /queryAll?q=${encodeURIComponent('SELECT MasterRecordId FROM Contact WHERE IsDeleted = true')}`,
      ),
    ).toMatchObject({ body: { records: [{ MasterRecordId: kept }] } });
  });

  test('with a person go the tasks that hung on nothing else', () => {
    const contact = salesforce.create('Contact', { LastName: 'Lovelace' });
    const WhatId = salesforce.create('Account', { Name: 'x' });
    salesforce.create('Task', { Subject: 'Gone', WhoId: contact });
    salesforce.create('Task', { Subject: 'Stays', WhoId: contact, WhatId });
    salesforce.remove('Contact', contact);
    expect(salesforce.records('Task').map(({ fields }) => [fields['Subject'], fields['WhoId']])).toEqual([
      ['Stays', undefined],
    ]);
  });

  test('duplicates are told by number, address and key', () => {
    addKey({ unique: false });
    salesforce.create('Lead', { ...LEAD, Phone: '202-555-0143', Email: 'Ada@example.com' });
    salesforce.create('Contact', { LastName: 'Lovelace', MobilePhone: '+1 202 555 0143', Email: 'ada@example.com' });
    for (let times = 0; times < 2; times += 1) salesforce.create('Task', { [KEY]: 'call-1', CallObject: 'call-1' });
    expect(salesforce.duplicates().toSorted()).toEqual([
      'Task.CallObject=call-1',
      'Task.Hookline_Call_Id__c=call-1',
      'person.email=ada@example.com',
      'person.phone=+12025550143',
    ]);
  });
});

describe('keys', () => {
  const upsert = (value: string, body: JsonObject): Promise<SalesforceAnswer> =>
    session.ask(`PATCH /sobjects/Task/${KEY}/${encodeURIComponent(value)}`, body);

  test('a key in the path arrives as it was, whatever is in it', async () => {
    addKey();
    const value = 'a/b?x=1#é & 100%';
    expect(await upsert(value, { Subject: 'Call' })).toMatchObject({ status: 201, body: { created: true } });
    expect(await upsert(value, { Subject: 'Again' })).toMatchObject({ status: 200, body: { created: false } });
    expect(salesforce.records('Task').map(({ fields }) => fields[KEY])).toEqual([value]);
    expect(await session.ask(`GET /sobjects/Task/${KEY}/${encodeURIComponent(value)}?fields=Subject`)).toMatchObject({
      body: { Subject: 'Again' },
    });
    expect(await session.ask(`PATCH /sobjects/Task/${KEY}/`, { Subject: 'Nobody' })).toMatchObject({ status: 404 });
    expect(await session.ask(`PATCH /sobjects/Task/${KEY}/other?updateOnly=true`, {})).toMatchObject({ status: 404 });
  });

  test('a field that is no key is not found', async () => {
    salesforce.addField('Activity', { name: 'Plain__c' });
    for (const name of [KEY, 'Plain__c', 'Subject']) {
      expect(await session.ask(`PATCH /sobjects/Task/${name}/a`, {})).toMatchObject({
        status: 404,
        body: [{ message: `Provided external ID field does not exist or is not accessible: ${name}` }],
      });
      expect(await session.ask(`PATCH /composite/sobjects/Task/${name}`, collection('Task', [{}]))).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
      });
    }
  });

  test('a key that is not unique needs View All Data, and two records of it are not chosen between', async () => {
    addKey({ unique: false });
    expect(await upsert('a', {})).toMatchObject({ status: 404 });
    await restart({ permissions: { customizeApplication: true, managePermissionSets: true, viewAllData: true } });
    addKey({ unique: false });
    const ids = [1, 2].map(() => salesforce.create('Task', { [KEY]: 'a' }));
    expect(await upsert('a', {})).toMatchObject({
      status: 300,
      body: ids.map((id) => `/services/data/v66.0/sobjects/Task/${id}`),
    });
    const answer = await session.ask(`PATCH /composite/sobjects/Task/${KEY}`, collection('Task', [{ [KEY]: 'a' }]));
    expect(codesOf(answer)).toEqual(['DUPLICATE_EXTERNAL_ID']);
  });

  test('case counts only where the field says so', async () => {
    addKey();
    await upsert('call-a', {});
    expect(await upsert('CALL-A', {})).toMatchObject({ status: 200 });
    await restart({});
    addKey({ caseSensitive: true });
    await upsert('call-a', {});
    expect(await upsert('CALL-A', {})).toMatchObject({ status: 201 });
  });

  test('a second record with a unique value names the first by 15 characters', async () => {
    addKey();
    const id = salesforce.create('Task', { [KEY]: 'a' });
    expect(await create('Task', { [KEY]: 'A' })).toMatchObject({
      status: 400,
      body: [
        {
          errorCode: 'DUPLICATE_VALUE',
          message: `duplicate value found: ${KEY} duplicates value on record with id: ${id.slice(0, 15)}`,
        },
      ],
    });
    salesforce.remove('Task', id);
    expect(await create('Task', { [KEY]: 'A' })).toMatchObject({ status: 201 });
  });

  test('the same key twice in one call fails twice', async () => {
    addKey();
    const answer = await session.ask(
      `PATCH /composite/sobjects/Task/${KEY}`,
      collection('Task', [{ [KEY]: 'a' }, { [KEY]: 'b' }, { [KEY]: 'A' }, { Subject: 'no key' }]),
    );
    expect(codesOf(answer)).toEqual(['DUPLICATE_VALUE', null, 'DUPLICATE_VALUE', 'MISSING_ARGUMENT']);
    expect(answer.text).toContain('Duplicate external id specified');
  });

  test('a second upsert too soon is a duplicate of the first, later it is an update', async () => {
    await restart({ raceWindowMs: 60_000 });
    addKey();
    await upsert('a', {});
    expect(await upsert('a', { Subject: 'Call' })).toMatchObject({ status: 400, code: 'DUPLICATE_VALUE' });
    salesforce.advance(60_000);
    expect(await upsert('a', { Subject: 'Call' })).toMatchObject({ status: 200 });
  });

  test('a create-only field refuses the upsert that updates, or is passed over', async () => {
    addKey();
    await upsert('a', { TaskSubtype: 'Call' });
    const code = 'INVALID_FIELD_FOR_INSERT_UPDATE';
    expect(await upsert('a', { TaskSubtype: 'Call' })).toMatchObject({
      status: 400,
      body: [{ errorCode: code, fields: ['TaskSubtype'] }],
    });
    await restart({ upsertRefusesCreateOnly: false });
    addKey();
    await upsert('a', { TaskSubtype: 'Call' });
    expect(await upsert('a', { TaskSubtype: 'Email', Subject: 'Call' })).toMatchObject({ status: 200 });
    expect(salesforce.records('Task')[0]?.fields).toMatchObject({ TaskSubtype: 'Call', Subject: 'Call' });
    const id = salesforce.records('Task')[0]?.id ?? '';
    expect(await session.ask(`PATCH /sobjects/Task/${id}`, { TaskSubtype: 'Email' })).toMatchObject({ code });
  });

  test('a parent is named by its own key', async () => {
    salesforce.addField('Contact', { name: 'Hookline_Id__c', externalId: true, unique: true });
    const contact = salesforce.create('Contact', { LastName: 'Lovelace', Hookline_Id__c: 'p-1' });
    const who = (value: string): JsonObject => ({ attributes: { type: 'Contact' }, Hookline_Id__c: value });
    const answer = await session.ask(
      'POST /composite/sobjects',
      collection('Task', [{ Who: who('p-1') }, { Who: who('p-2') }]),
    );
    expect(codesOf(answer)).toEqual([null, 'INVALID_FIELD']);
    expect(salesforce.tasksOf(contact)).toHaveLength(1);
  });

  test('what the path says may not be said again', async () => {
    addKey();
    expect(await upsert('a', { [KEY]: 'a' })).toMatchObject({ status: 400, code: 'INVALID_FIELD' });
    const id = salesforce.create('Task', {});
    expect(await session.ask(`PATCH /sobjects/Task/${id}`, { Id: id })).toMatchObject({
      status: 400,
      code: 'INVALID_FIELD',
    });
  });
});

describe('collections', () => {
  const many = (count: number): JsonObject =>
    collection(
      'Lead',
      Array.from({ length: count }, (_, index) => ({ ...LEAD, LastName: `L${index}` })),
    );

  test('200 rows and no more, none of them without a type', async () => {
    const answer = await session.ask('POST /composite/sobjects', many(200));
    expect(answer.body).toHaveLength(200);
    expect(salesforce.records('Lead').map(({ fields }) => fields['LastName'])[199]).toBe('L199');
    expect(await session.ask('POST /composite/sobjects', many(201))).toMatchObject({
      status: 400,
      code: 'EXCEEDED_ID_LIMIT',
    });
    expect(await session.ask('POST /composite/sobjects', { records: [LEAD] })).toMatchObject({ status: 400 });
    expect(await session.ask('POST /composite/sobjects', { records: LEAD })).toMatchObject({ status: 400 });
    expect(await session.ask('POST /composite/sobjects', collection('Nothing__c', [{}]))).toMatchObject({
      status: 400,
      code: 'INVALID_TYPE',
    });
  });

  test('all or none takes back what succeeded', async () => {
    const rows = [LEAD, { LastName: 'no company' }, LEAD];
    const answer = await session.ask('POST /composite/sobjects', collection('Lead', rows, { allOrNone: true }));
    const rolledBack = 'ALL_OR_NONE_OPERATION_ROLLED_BACK';
    expect(answer.status).toBe(200);
    expect(codesOf(answer)).toEqual([rolledBack, 'REQUIRED_FIELD_MISSING', rolledBack]);
    expect(salesforce.records('Lead')).toEqual([]);
  });

  test('a row that cannot be read refuses all, or itself', async () => {
    const sent = collection('Lead', [LEAD, { ...LEAD, Colour__c: 'blue' }]);
    expect(await session.ask('POST /composite/sobjects', sent)).toMatchObject({ status: 400, code: 'INVALID_FIELD' });
    expect(salesforce.records('Lead')).toEqual([]);
    await restart({ unreadableRowRefusesAll: false });
    expect(codesOf(await session.ask('POST /composite/sobjects', sent))).toEqual([null, 'INVALID_FIELD']);
  });

  test('rows of an update need an id of somebody, once', async () => {
    const [id, other, gone] = [1, 2, 3].map(() => salesforce.create('Lead', LEAD)) as [string, string, string];
    salesforce.remove('Lead', gone);
    const ids: (string | null)[] = [id, null, 'abc', '00Q5g0000000009', gone, other, other.slice(0, 15)];
    const rows = ids.map((Id): JsonObject => ({ Title: 'x', ...(Id === null ? {} : { Id }) }));
    expect(codesOf(await session.ask('PATCH /composite/sobjects', collection('Lead', rows)))).toEqual([
      null,
      'MISSING_ARGUMENT',
      'MALFORMED_ID',
      'INVALID_CROSS_REFERENCE_KEY',
      'ENTITY_IS_DELETED',
      'DUPLICATE_VALUE',
      'DUPLICATE_VALUE',
    ]);
  });

  test('types may mix in ten chunks', async () => {
    const of = (types: string[]): JsonObject => ({
      records: types.map((type) => ({
        attributes: { type },
        LastName: 'x',
        ...(type === 'Lead' ? { Company: 'x' } : {}),
      })),
    });
    const alternating = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 'Lead' : 'Contact'));
    expect(await session.ask('POST /composite/sobjects', of(alternating(10)))).toMatchObject({
      status: 200,
      code: undefined,
    });
    expect(await session.ask('POST /composite/sobjects', of(alternating(11)))).toMatchObject({
      status: 400,
      code: 'LIMIT_EXCEEDED',
    });
  });

  test('records are read together, with null for what is not there', async () => {
    const id = salesforce.create('Lead', LEAD);
    const ids = [id, '00Q5g0000000009'];
    const answer = await session.ask('POST /composite/sobjects/Lead', { ids, fields: ['LastName'] });
    expect(answer.body).toMatchObject([{ LastName: 'Lovelace', Id: id }, null]);
    const get = await session.ask(`GET /composite/sobjects/Lead?ids=${ids.join(',')}&fields=LastName`);
    expect(get.body).toEqual(answer.body);
    const unknown = await session.ask('POST /composite/sobjects/Lead', { ids, fields: ['Colour__c'] });
    expect(unknown).toMatchObject({ status: 400, code: 'INVALID_FIELD' });
  });
});

describe('composite', () => {
  const at = (path: string): string => `/services/data/v66.0${path}`;
  const part = (referenceId: string, url: string, body: JsonValue, method = 'POST'): JsonObject => ({
    method,
    url: at(url),
    referenceId,
    ...(method === 'GET' ? {} : { body }),
  });
  const composite = (parts: readonly JsonObject[], allOrNone = false): Promise<SalesforceAnswer> =>
    session.ask('POST /composite', { allOrNone, compositeRequest: parts });

  interface Parts {
    readonly compositeResponse: readonly { readonly httpStatusCode: number; readonly body: JsonValue }[];
  }
  const statusesOf = ({ body }: SalesforceAnswer): readonly number[] =>
    (body as unknown as Parts).compositeResponse.map(({ httpStatusCode }) => httpStatusCode);

  test('parts refer to each other, fail alone, or all together', async () => {
    const parts = [
      part('found', `/query?q=${encodeURIComponent("SELECT Id FROM Lead WHERE LastName = 'nobody'")}`, null, 'GET'),
      part('lead', '/sobjects/Lead', LEAD),
      part('task', '/sobjects/Task', { WhoId: '@{lead.id}' }),
      part('other', '/sobjects/Task', { WhoId: '@{found.records[0].Id}' }),
    ];
    const answer = await composite(parts);
    expect(statusesOf(answer)).toEqual([200, 201, 201, 400]);
    expect(answer.text).toContain('PROCESSING_HALTED');
    expect(salesforce.counts()).toMatchObject({ write: 1, query: 0 });

    expect(statusesOf(await composite(parts, true))).toEqual([400, 400, 400, 400]);
    expect(salesforce.records('Lead')).toHaveLength(1);
  });

  test('a part of a collection counts by its id', async () => {
    const answer = await composite([
      part('leads', '/composite/sobjects', collection('Lead', [LEAD])),
      part('task', '/sobjects/Task', { WhoId: '@{leads[0].id}' }),
    ]);
    expect(statusesOf(answer)).toEqual([200, 201]);
  });

  test('25 parts, five of them wide, each with a name of its own', async () => {
    const parts = (count: number, url = '/sobjects/Lead'): JsonObject[] =>
      Array.from({ length: count }, (_, index) => part(`r${index}`, url, LEAD));
    expect(await composite(parts(25))).toMatchObject({ status: 200 });
    expect(await composite(parts(26))).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
    expect(await composite(parts(6, '/composite/sobjects'))).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' });
    expect(await composite([...parts(1), ...parts(1)])).toMatchObject({ status: 400, code: 'INVALID_INPUT' });
  });

  test('a graph is all or nothing, its neighbour is not', async () => {
    const graphs = [
      {
        graphId: 'good',
        compositeRequest: [
          part('lead', '/sobjects/Lead', LEAD),
          part('task', '/sobjects/Task', { WhoId: '@{lead.id}' }),
        ],
      },
      {
        graphId: 'bad',
        compositeRequest: [part('lead', '/sobjects/Lead', LEAD), part('task', '/sobjects/Task', { WhoId: 'x' })],
      },
    ];
    const answer = await session.ask('POST /composite/graph', { graphs });
    expect(answer.body).toMatchObject({
      graphs: [
        { graphId: 'good', isSuccessful: true },
        {
          graphId: 'bad',
          isSuccessful: false,
          graphResponse: { compositeResponse: [{ httpStatusCode: 400 }, { httpStatusCode: 400 }] },
        },
      ],
    });
    expect(salesforce.records('Lead')).toHaveLength(1);
    const query = { graphId: 'q', compositeRequest: [part('q', '/query?q=SELECT+Id+FROM+Lead', null, 'GET')] };
    expect(await session.ask('POST /composite/graph', { graphs: [query] })).toMatchObject({ status: 400 });
  });
});
