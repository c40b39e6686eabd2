import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import { openSession, type SalesforceAnswer, type SalesforceSession } from '../../support/ask-salesforce.ts';

/* What an administrator set up in the org, and what an integration may set up itself, over plain HTTP. */

const LEAD = { LastName: 'Lovelace', Company: 'Analytical Engines', Phone: '+12025550143' };
let salesforce: Salesforce;
let session: SalesforceSession;

beforeEach(() => start({}));
afterEach(() => salesforce.close());

async function start(options: Partial<SalesforceOptions>): Promise<void> {
  salesforce = await startSalesforce(options);
  session = await openSession(salesforce);
}

async function restart(options: Partial<SalesforceOptions>): Promise<void> {
  await salesforce.close();
  await start(options);
}

function createLead(
  changes: JsonObject = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<SalesforceAnswer> {
  return session.ask('POST /sobjects/Lead', { ...LEAD, ...changes }, headers);
}

describe('rules of the org', () => {
  test('a lead assignment rule runs on create and on update, unless it is told not to', async () => {
    const owner = '0055g0000000002AAA';
    salesforce.setLeadAssignment(owner);
    const owners = (): unknown[] => salesforce.records('Lead').map(({ fields }) => fields['OwnerId']);
    await createLead();
    await createLead({}, { 'Sforce-Auto-Assign': 'FALSE' });
    expect(owners()).toEqual([owner, '0055g0000000001AAA']);
    const [, second] = salesforce.records('Lead');
    await session.ask(`PATCH /sobjects/Lead/${second?.id}`, { Title: 'x' }, { 'Sforce-Auto-Assign': 'false' });
    expect(owners()[1]).not.toBe(owner);
    await session.ask(`PATCH /sobjects/Lead/${second?.id}`, { Title: 'y' });
    expect(owners()[1]).toBe(owner);
  });

  test('a duplicate rule that alerts is passed by allowSave, one that blocks is not', async () => {
    const id = salesforce.create('Contact', { LastName: 'Lovelace', Phone: LEAD.Phone });
    salesforce.addDuplicateRule('Lead', { fields: ['Phone'], against: ['Lead', 'Contact'], action: 'alert' });
    expect(await createLead()).toMatchObject({
      status: 400,
      body: [
        {
          errorCode: 'DUPLICATES_DETECTED',
          message: 'Use one of these records?',
          duplicateResut: {
            allowSave: true,
            duplicateRule: 'Standard_Lead_Duplicate_Rule',
            matchResults: [{ entityType: 'Contact', matchRecords: [{ record: { Id: id } }] }],
          },
        },
      ],
    });
    const allow = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true; includeRecordDetails=true' };
    const row = { records: [{ attributes: { type: 'Lead' }, ...LEAD }] };
    expect(await session.ask('POST /composite/sobjects', row)).toMatchObject({
      status: 200,
      code: 'DUPLICATES_DETECTED',
    });
    expect(await session.ask('POST /composite/sobjects', row, allow)).toMatchObject({ body: [{ success: true }] });
    salesforce.addDuplicateRule('Lead', { fields: ['Phone'], action: 'block' });
    expect(await createLead({}, allow)).toMatchObject({
      code: 'DUPLICATES_DETECTED',
      body: [{ duplicateResut: { allowSave: false } }],
    });
    expect(await createLead({ Phone: '+12025550199' })).toMatchObject({ status: 201 });
  });

  test('validation rules, picklists and lengths hold for everybody', async () => {
    salesforce.addValidationRule('Task', {
      message: 'A call needs its result.',
      field: 'CallDisposition',
      refuses: ({ TaskSubtype, CallDisposition }) => TaskSubtype === 'Call' && CallDisposition === undefined,
    });
    const task = (fields: JsonObject): Promise<SalesforceAnswer> => session.ask('POST /sobjects/Task', fields);
    expect(await task({ TaskSubtype: 'Call' })).toMatchObject({
      body: [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: ['CallDisposition'] }],
    });
    expect(await task({ TaskSubtype: 'Call', CallDisposition: 'Answered' })).toMatchObject({ status: 201 });
    expect(() => salesforce.create('Task', { TaskSubtype: 'Call' })).toThrow('A call needs its result.');

    salesforce.changeField('Lead', { name: 'LeadSource', picklist: ['Phone'], restricted: true });
    expect(await createLead({ LeadSource: 'Web' })).toMatchObject({ code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' });
    salesforce.changeField('Lead', { name: 'LastName', length: 5 });
    expect(await createLead()).toMatchObject({ code: 'STRING_TOO_LONG' });
  });

  test('which statuses are closed is asked of the org', async () => {
    await restart({
      taskStatuses: [
        { value: 'Offen', isClosed: false },
        { value: 'Erledigt', isClosed: true },
      ],
    });
    const soql = 'SELECT ApiName FROM TaskStatus WHERE IsClosed = true';
    expect((await session.query(soql)).body).toMatchObject({ records: [{ ApiName: 'Erledigt' }] });
    const id = salesforce.create('Task', {});
    expect(salesforce.record('Task', id)?.fields).toMatchObject({ Status: 'Offen', IsClosed: false });
    await session.ask(`PATCH /sobjects/Task/${id}`, { Status: 'Erledigt', ActivityDate: '2026-11-20' });
    expect(salesforce.record('Task', id)?.fields).toMatchObject({
      IsClosed: true,
      CompletedDateTime: expect.any(String),
    });
    await session.ask(`PATCH /sobjects/Task/${id}`, { Status: 'Completed' });
    expect(salesforce.record('Task', id)?.fields['CompletedDateTime']).toBeUndefined();
  });

  test('the last activity of a person is the latest task that is done', () => {
    const lead = salesforce.create('Lead', LEAD);
    const done = (ActivityDate: string): string =>
      salesforce.create('Task', { WhoId: lead, Status: 'Completed', ActivityDate });
    done('2026-11-20');
    done('2026-11-18');
    salesforce.create('Task', { WhoId: lead, ActivityDate: '2026-11-25' });
    expect(salesforce.record('Lead', lead)?.fields['LastActivityDate']).toBe('2026-11-20');
  });

  test('the organization and its zone', async () => {
    await restart({ timeZone: 'Europe/Berlin', isSandbox: true });
    const soql = 'SELECT Id, Name, TimeZoneSidKey, OrganizationType, IsSandbox FROM Organization';
    expect((await session.query(soql)).body).toMatchObject({
      records: [{ TimeZoneSidKey: 'Europe/Berlin', OrganizationType: 'Enterprise Edition', IsSandbox: true }],
    });
  });

  test('an org without a call centre may have no call fields', async () => {
    await restart({ hasCallFields: false });
    expect(await session.query('SELECT CallObject FROM Task')).toMatchObject({ code: 'INVALID_FIELD' });
    expect(await session.ask('POST /sobjects/Task', { CallType: 'Inbound' })).toMatchObject({ code: 'INVALID_FIELD' });
  });
});

describe('what the user may do', () => {
  test('a field that is read-only, and an object that is', async () => {
    salesforce.setFieldAccess('Lead', 'Title', 'read');
    expect(await createLead({ Title: 'x' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE', fields: ['Title'] }],
    });
    salesforce.setFieldAccess('Lead', 'Title', 'none');
    expect(await createLead({ Title: 'x' })).toMatchObject({ status: 400, code: 'INVALID_FIELD' });
    salesforce.setObjectAccess('Lead', 'read');
    expect(await createLead()).toMatchObject({ status: 403, code: 'INSUFFICIENT_ACCESS_OR_READONLY' });
    expect((await session.ask('GET /sobjects/Lead/describe')).body).toMatchObject({
      createable: false,
      queryable: true,
    });
    salesforce.setObjectAccess('Lead', 'none');
    expect(await session.ask('GET /sobjects/Lead/describe')).toMatchObject({ status: 404 });
  });

  test('users and organizations are not written', async () => {
    expect(await session.ask('POST /sobjects/User', {})).toMatchObject({ status: 400 });
    expect(await session.ask('DELETE /sobjects/User/0055g0000000001AAA')).toMatchObject({ status: 400 });
  });
});

describe('fields by the Tooling API', () => {
  const TEXT = { type: 'Text', label: 'Hookline', length: 64 };
  const post = (FullName: string, Metadata: JsonObject = TEXT): Promise<SalesforceAnswer> =>
    session.ask('POST /tooling/sobjects/CustomField', { FullName, Metadata });

  test.each<[string, JsonObject, string]>([
    ['Task.Hookline__c', TEXT, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    ['Nothing.Hookline__c', TEXT, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    ['Hookline__c', TEXT, 'INVALID_FIELD'],
    ['Lead.Hookline', TEXT, 'FIELD_INTEGRITY_EXCEPTION'],
    ['Lead.Hook__line__c', TEXT, 'FIELD_INTEGRITY_EXCEPTION'],
    ['Lead.Hookline__c', { ...TEXT, type: 'String' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    ['Lead.Hookline__c', { ...TEXT, length: 256 }, 'FIELD_INTEGRITY_EXCEPTION'],
    ['Lead.Hookline__c', { type: 'Text', length: 64 }, 'FIELD_INTEGRITY_EXCEPTION'],
    ['Lead.Hookline__c', { ...TEXT, caseSensitive: true }, 'FIELD_INTEGRITY_EXCEPTION'],
    ['Lead.Hookline__c', { type: 'Checkbox', label: 'Hookline', unique: true }, 'FIELD_INTEGRITY_EXCEPTION'],
    ['Lead.Hookline__c', { type: 'LongTextArea', label: 'Hookline', length: 1000 }, 'FIELD_INTEGRITY_EXCEPTION'],
    [
      'Activity.Hookline__c',
      { type: 'LongTextArea', label: 'Hookline', length: 1000, visibleLines: 3 },
      'FIELD_INTEGRITY_EXCEPTION',
    ],
  ])('%s %j is refused', async (name, metadata, code) => {
    expect(await post(name, metadata)).toMatchObject({ status: 400, code });
  });

  test('fields of several types, seen by the user once the user may', async () => {
    const made: readonly [string, JsonObject][] = [
      ['Lead.Count__c', { type: 'Number', label: 'Count', precision: 5, scale: 2 }],
      ['Lead.Flag__c', { type: 'Checkbox', label: 'Flag', defaultValue: false }],
      ['Lead.Notes__c', { type: 'LongTextArea', label: 'Notes', length: 1000, visibleLines: 3 }],
      [
        'Lead.Mood__c',
        {
          type: 'Picklist',
          label: 'Mood',
          valueSet: { restricted: true, valueSetDefinition: { value: [{ fullName: 'Good' }] } },
        },
      ],
    ];
    for (const [name, metadata] of made) expect(await post(name, metadata)).toMatchObject({ status: 201 });
    expect(await createLead({ Count__c: 5 })).toMatchObject({ code: 'INVALID_FIELD' });
    for (const [name] of made) salesforce.setFieldAccess('Lead', name.replace('Lead.', ''), 'edit');
    expect(
      await createLead({ Count__c: 5.25, Flag__c: true, Notes__c: 'x'.repeat(1000), Mood__c: 'Good' }),
    ).toMatchObject({
      status: 201,
    });
    expect(await createLead({ Count__c: 1000 })).toMatchObject({ code: 'NUMBER_OUTSIDE_VALID_RANGE' });
    expect(await createLead({ Mood__c: 'Bad' })).toMatchObject({ code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' });
    expect(await session.query("SELECT Id FROM Lead WHERE Notes__c = 'x'")).toMatchObject({ code: 'INVALID_FIELD' });
  });

  test('a field is looked at, changed and deleted by its id', async () => {
    const { body } = await post('Lead.Hookline__c');
    const { id } = body as unknown as { readonly id: string };
    const path = `/tooling/sobjects/CustomField/${id}`;
    expect((await session.ask(`GET ${path}`)).body).toMatchObject({
      FullName: 'Lead.Hookline__c',
      Metadata: { length: 64, unique: false },
    });
    await session.ask(`PATCH ${path}`, { Metadata: { ...TEXT, length: 100, externalId: true, unique: true } });
    expect((await session.ask(`GET ${path}`)).body).toMatchObject({ Metadata: { length: 100, unique: true } });
    expect(await session.ask(`DELETE ${path}`)).toMatchObject({ status: 204 });
    expect(await post('Lead.Hookline__c')).toMatchObject({ status: 201 });
  });

  test('the whole of a field is shown one at a time', async () => {
    await post('Lead.A__c');
    await post('Lead.B__c');
    const query = (soql: string): Promise<SalesforceAnswer> =>
      session.ask(`GET /tooling/query?q=${encodeURIComponent(soql)}`);
    expect(await query('SELECT Id, FullName FROM CustomField')).toMatchObject({ status: 400, code: 'MALFORMED_QUERY' });
    expect((await query("SELECT FullName FROM CustomField WHERE DeveloperName = 'B'")).body).toMatchObject({
      records: [{ FullName: 'Lead.B__c' }],
    });
  });

  test('there is room for so many', async () => {
    await restart({ activityFieldLimit: 1 });
    expect(await post('Activity.A__c')).toMatchObject({ status: 201 });
    expect(await post('Activity.B__c')).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const key = { ...TEXT, externalId: true };
    for (let count = 0; count < 25; count += 1) await post(`Lead.K${count}__c`, key);
    expect(await post('Lead.Last__c', key)).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('a field that an administrator deletes is gone with its values', async () => {
    salesforce.addField('Activity', { name: 'Hookline__c' });
    const id = salesforce.create('Task', { Hookline__c: 'x' });
    salesforce.removeField('Activity', 'Hookline__c');
    expect(salesforce.record('Task', id)?.fields).not.toHaveProperty('Hookline__c');
    expect(await session.query('SELECT Hookline__c FROM Task')).toMatchObject({ code: 'INVALID_FIELD' });
  });
});

describe('permission sets', () => {
  const make = async (): Promise<string> => {
    const { body } = await session.ask('POST /sobjects/PermissionSet', { Name: 'Hookline', Label: 'Hookline' });
    return (body as unknown as { readonly id: string }).id;
  };
  const grant = (ParentId: string, changes: JsonObject = {}): Promise<SalesforceAnswer> =>
    session.ask('POST /sobjects/FieldPermissions', {
      ParentId,
      SobjectType: 'Lead',
      Field: 'Lead.Title',
      PermissionsRead: true,
      PermissionsEdit: true,
      ...changes,
    });

  test('what is no name, no field, no sense or there already is refused', async () => {
    const set = await make();
    expect(await session.ask('POST /sobjects/PermissionSet', { Name: 'Hookline', Label: 'x' })).toMatchObject({
      code: 'DUPLICATE_DEVELOPER_NAME',
    });
    expect(await session.ask('POST /sobjects/PermissionSet', { Name: 'My set', Label: 'x' })).toMatchObject({
      code: 'FIELD_INTEGRITY_EXCEPTION',
    });
    const refused = [
      await grant(set, { Field: 'Lead.Nothing__c' }),
      await grant(set, { Field: 'Lead.LastName' }),
      await grant(set, { SobjectType: 'Contact' }),
    ];
    expect(refused.map(({ code }) => code)).toEqual(refused.map(() => 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'));
    expect(await grant(set, { PermissionsRead: false })).toMatchObject({ code: 'FIELD_INTEGRITY_EXCEPTION' });
    expect(await grant(set)).toMatchObject({ status: 201 });
    expect(await grant(set)).toMatchObject({ code: 'DUPLICATE_VALUE' });
    expect(
      await session.ask('POST /composite/sobjects', {
        records: [
          { attributes: { type: 'PermissionSet' }, Name: 'A', Label: 'A' },
          { attributes: { type: 'Lead' }, ...LEAD },
        ],
      }),
    ).toMatchObject({ status: 400 });
  });

  test('a grant counts while its set is assigned', async () => {
    salesforce.setFieldAccess('Lead', 'Title', 'none');
    const PermissionSetId = await make();
    await grant(PermissionSetId, { PermissionsEdit: false });
    const code = async (): Promise<string | undefined> => (await createLead({ Title: 'x' })).code;
    expect(await code()).toBe('INVALID_FIELD');
    const assignment = { AssigneeId: '0055g0000000001AAA', PermissionSetId };
    const { body } = await session.ask('POST /sobjects/PermissionSetAssignment', assignment);
    expect(await code()).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    const { body: found } = await session.query("SELECT Id FROM FieldPermissions WHERE Field = 'Lead.Title'");
    const [permission] = (found as unknown as { records: { Id: string }[] }).records;
    await session.ask(`PATCH /sobjects/FieldPermissions/${permission?.Id}`, { PermissionsEdit: true });
    expect(await code()).toBeUndefined();
    await session.ask(`DELETE /sobjects/PermissionSetAssignment/${(body as unknown as { id: string }).id}`);
    expect(await code()).toBe('INVALID_FIELD');
  });

  test('an org may take the name of an activity field, too', async () => {
    await restart({ refusesActivityFieldPermissions: false });
    salesforce.addField('Activity', { name: 'Hookline__c' });
    salesforce.setFieldAccess('Activity', 'Hookline__c', 'none');
    const PermissionSetId = await make();
    expect(await grant(PermissionSetId, { SobjectType: 'Task', Field: 'Activity.Hookline__c' })).toMatchObject({
      status: 201,
    });
    await session.ask('POST /sobjects/PermissionSetAssignment', { AssigneeId: '0055g0000000001AAA', PermissionSetId });
    expect(await session.query('SELECT Hookline__c FROM Task')).toMatchObject({ status: 200 });
  });
});
