import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Connection } from 'jsforce';

import type { JsonObject } from '../../../src/domain/json.ts';
import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import { signAssertion } from '../../support/sign-assertion.ts';

/*
 * The simulator is only worth something if Salesforce's usual client takes it for Salesforce: stock jsforce, nothing
 * replaced. jsforce drops a session without an end where every request is answered 401: what could run on is counted and
 * stopped here.
 */

const VERSION = '66.0';
const KEY = 'Hookline_Call_Id__c';
let salesforce: Salesforce;

beforeEach(async () => {
  salesforce = await startSalesforce();
});
afterEach(() => salesforce.close());

/** Starts the org over, with other answers to what is not settled. */
async function restart(options: Partial<SalesforceOptions>): Promise<void> {
  await salesforce.close();
  salesforce = await startSalesforce(options);
}

function clientOf(): { loginUrl: string; clientId: string; clientSecret: string } {
  const { url: loginUrl, clientId, clientSecret } = salesforce;
  return { loginUrl, clientId, clientSecret };
}

/** By client credentials, which jsforce renews only where it is told how. */
async function connect(version = VERSION): Promise<Connection> {
  const connection = new Connection({ version, oauth2: clientOf() });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

function addKey(): void {
  salesforce.addField('Activity', { name: KEY, length: 64, externalId: true, unique: true });
}

describe('sessions', () => {
  test('client credentials, and who they stand for', async () => {
    const connection = await connect();
    expect(connection.instanceUrl).toBe(salesforce.url);
    expect(connection.userInfo).toMatchObject({
      id: expect.stringMatching(/^005/),
      organizationId: expect.stringMatching(/^00D/),
    });
    expect(await connection.identity()).toMatchObject({ username: salesforce.username });
  });

  test('a session that ended is renewed once, and the request goes through', async () => {
    let renewed = 0;
    const connection = new Connection({
      version: VERSION,
      instanceUrl: salesforce.url,
      accessToken: 'gone',
      refreshFn: (_, done) => {
        renewed += 1;
        connect().then(
          (fresh) => done(null, String(fresh.accessToken)),
          (error: Error) => done(error),
        );
      },
    });
    expect(await connection.limits()).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
    salesforce.endSessions();
    await Promise.all([connection.limits(), connection.limits(), connection.query('SELECT Id FROM Lead')]);
    expect(renewed).toBe(2);
  });

  test('every session refused at once is the endless loop of jsforce', async () => {
    const connection = await connect();
    salesforce.freeze();
    let renewed = 0;
    const looping = new Connection({
      version: VERSION,
      instanceUrl: salesforce.url,
      accessToken: String(connection.accessToken),
      refreshFn: (_, done) => {
        renewed += 1;
        if (renewed > 5) done(new Error('enough'));
        else done(null, 'another');
      },
    });
    await expect(looping.limits()).rejects.toThrow('enough');
    expect(renewed).toBe(6);
    salesforce.freeze(false);
    expect(await connection.limits()).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
  });

  test('a refresh token', async () => {
    const oauth2 = clientOf();
    const { refreshToken } = salesforce;
    const given = { version: VERSION, instanceUrl: salesforce.url, accessToken: 'gone', refreshToken, oauth2 };
    expect(await new Connection(given).limits()).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
    salesforce.revokeRefreshToken();
    await expect(new Connection(given).limits()).rejects.toThrow('expired access/refresh token');
  });

  test('a refresh token that rotates: jsforce keeps the old one, which is refused', async () => {
    await restart({ rotatesRefreshTokens: true });
    const { refreshToken } = salesforce;
    const given = { version: VERSION, instanceUrl: salesforce.url, accessToken: 'gone', refreshToken };
    const connection = new Connection({ ...given, oauth2: clientOf() });
    const told: string[] = [];
    connection.on('refresh', (_: string, answer: { refresh_token: string }) => told.push(answer.refresh_token));
    await connection.limits();
    expect(told).toEqual([salesforce.refreshToken]);
    expect(salesforce.refreshToken).not.toBe(refreshToken);

    salesforce.endSessions();
    await expect(connection.limits()).rejects.toThrow('expired access/refresh token');
    connection.refreshToken = salesforce.refreshToken;
    expect(await connection.limits()).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
  });

  test('a signed assertion', async () => {
    const connection = new Connection({ version: VERSION, oauth2: clientOf() });
    const claims = {
      iss: salesforce.clientId,
      sub: salesforce.username,
      aud: 'https://login.salesforce.com',
      exp: Math.floor(salesforce.now() / 1000) + 180,
    };
    await connection.authorize({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signAssertion(claims, salesforce.privateKey),
    });
    expect(await connection.query('SELECT Id FROM Lead')).toMatchObject({ totalSize: 0 });
  });

  test('a username with password and security token, over OAuth and over SOAP', async () => {
    const { username, password } = salesforce;
    const byOAuth = new Connection({ version: VERSION, oauth2: clientOf() });
    const { id } = await byOAuth.login(username, password);
    const bySoap = new Connection({ version: '64.0', loginUrl: salesforce.url });
    expect(await bySoap.login(username, password)).toMatchObject({ id });
    for (const connection of [byOAuth, bySoap]) {
      salesforce.endSessions();
      expect(await connection.limits()).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
    }
    await expect(byOAuth.login(username, 'wrong')).rejects.toMatchObject({ name: 'invalid_grant' });
    await expect(bySoap.login(username, 'wrong')).rejects.toThrow('INVALID_LOGIN');
    const tooNew = new Connection({ version: '65.0', loginUrl: salesforce.url });
    await expect(tooNew.login(username, password)).rejects.toThrow();
  });

  test('an unknown client', async () => {
    const connection = new Connection({ version: VERSION, oauth2: { ...clientOf(), clientSecret: 'wrong' } });
    await expect(connection.authorize({ grant_type: 'client_credentials' })).rejects.toMatchObject({
      name: 'invalid_client',
    });
  });
});

describe('single records', () => {
  test('a lead is created, read, updated and deleted', async () => {
    const leads = (await connect()).sobject('Lead');
    const made = await leads.create({ LastName: 'Lovelace', Company: 'Analytical Engines', Phone: '+12025550143' });
    expect(made).toEqual({ id: expect.stringMatching(/^00Q[A-Za-z0-9]{15}$/), success: true, errors: [] });
    const id = String(made.id);

    expect(await leads.retrieve(id)).toMatchObject({ Id: id, Name: 'Lovelace', Status: 'Open - Not Contacted' });
    expect(await leads.update({ Id: id, FirstName: 'Ada' })).toMatchObject({ success: true });
    expect(salesforce.record('Lead', id)?.fields).toMatchObject({ Name: 'Ada Lovelace', Phone: '+12025550143' });

    expect(await leads.destroy(id)).toMatchObject({ success: true });
    expect(salesforce.records('Lead')).toEqual([]);
    await expect(leads.retrieve(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  test('an upsert creates, then updates', async () => {
    addKey();
    const tasks = (await connect()).sobject('Task');
    const made = await tasks.upsert({ [KEY]: 'call-1', Subject: 'Call', TaskSubtype: 'Call' }, KEY);
    expect(made).toMatchObject({ success: true, created: true });
    expect(await tasks.upsert({ [KEY]: 'CALL-1', Subject: 'Call again' }, KEY)).toMatchObject({
      id: made.id,
      created: false,
    });
    expect(salesforce.records('Task')).toHaveLength(1);
    expect(salesforce.record('Task', String(made.id))?.fields).toMatchObject({
      [KEY]: 'call-1',
      Subject: 'Call again',
    });
  });

  test('an upsert that updates may answer without a body', async () => {
    await restart({ upsertUpdateStatus: 204 });
    addKey();
    salesforce.create('Task', { [KEY]: 'call-1' });
    const tasks = (await connect()).sobject('Task');
    expect(await tasks.upsert({ [KEY]: 'call-1', Subject: 'Call' }, KEY)).toEqual({ success: true, errors: [] });
  });

  test('two records with the key: neither is written, and the answer names them', async () => {
    const ids = ['Ada', 'Augusta'].map((FirstName) =>
      salesforce.create('Contact', { FirstName, LastName: 'Lovelace', Email: 'ada@example.com' }),
    );
    const contacts = (await connect()).sobject('Contact');
    await expect(contacts.upsert({ Email: 'ada@example.com', Title: 'Countess' }, 'Email')).rejects.toMatchObject({
      errorCode: 'MULTIPLE_CHOICES',
      data: ids.map((id) => `/services/data/v66.0/sobjects/Contact/${id}`),
    });
    expect(salesforce.records('Contact').filter(({ fields }) => 'Title' in fields)).toEqual([]);
  });

  test('errors carry their code and their fields', async () => {
    const leads = (await connect()).sobject('Lead');
    await expect(leads.create({ LastName: 'Lovelace' })).rejects.toMatchObject({
      errorCode: 'REQUIRED_FIELD_MISSING',
      data: { fields: ['Company'] },
    });
    salesforce.addValidationRule('Lead', { message: 'No first name.', field: 'FirstName', refuses: () => true });
    salesforce.addValidationRule('Lead', { message: 'No lead at all.', refuses: () => true });
    await expect(leads.create({ LastName: 'Lovelace', Company: 'x' })).rejects.toMatchObject({
      errorCode: 'MULTIPLE_API_ERRORS',
      data: [
        { errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', fields: ['FirstName'] },
        { errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'No lead at all.' },
      ],
    });
  });
});

describe('collections', () => {
  const LEADS = ['Lovelace', 'Babbage'].map((LastName) => ({ LastName, Company: 'Analytical Engines' }));

  test('leads are created, updated, read and deleted together', async () => {
    const leads = (await connect()).sobject('Lead');
    const made = await leads.create(LEADS);
    const ids = made.map(({ id }) => String(id));
    expect(salesforce.records('Lead').map(({ id }) => id)).toEqual(ids);

    const changed = await leads.update(ids.map((Id, index) => ({ Id, FirstName: `F${index}` })));
    expect(changed).toEqual(ids.map((id) => ({ id, success: true, errors: [] })));
    expect(await leads.retrieve(ids)).toMatchObject([{ Name: 'F0 Lovelace' }, { Name: 'F1 Babbage' }]);
    expect(await leads.destroy(ids)).toMatchObject([{ success: true }, { success: true }]);
    expect(salesforce.records('Lead')).toEqual([]);
  });

  test('rows of an upsert fail for themselves, in order and with statusCode', async () => {
    addKey();
    const tasks = (await connect()).sobject('Task');
    const rows = [
      { [KEY]: 'call-1', CallType: 'Inbound' },
      { [KEY]: 'call-2', CallType: 'inbound' },
      { [KEY]: 'call-3', Subject: 'x'.repeat(256) },
    ];
    expect(await tasks.upsert(rows, KEY)).toMatchObject([
      { success: true, created: true },
      { success: false, errors: [{ statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', fields: ['CallType'] }] },
      { success: false, errors: [{ statusCode: 'STRING_TOO_LONG', fields: ['Subject'] }] },
    ]);
    expect(salesforce.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });

  test('more than 200 need several requests', async () => {
    const leads = (await connect()).sobject('Lead');
    const many = Array.from({ length: 201 }, (_, index) => ({ LastName: `L${index}`, Company: 'x' }));
    await expect(leads.create(many)).rejects.toMatchObject({ errorCode: 'EXCEEDED_ID_LIMIT' });
    expect(await leads.create(many, { allowRecursive: true })).toHaveLength(201);
  });

  test('a lead and its task in one composite request', async () => {
    const connection = await connect();
    const body = {
      allOrNone: true,
      compositeRequest: [
        { method: 'POST', url: '/services/data/v66.0/sobjects/Lead', referenceId: 'lead', body: LEADS[0] },
        {
          method: 'POST',
          url: '/services/data/v66.0/sobjects/Task',
          referenceId: 'task',
          body: { Subject: 'Call', WhoId: '@{lead.id}' },
        },
      ],
    };
    const { compositeResponse } = await connection.requestPost<{ compositeResponse: JsonObject[] }>('/composite', body);
    expect(compositeResponse).toMatchObject([{ httpStatusCode: 201 }, { httpStatusCode: 201, referenceId: 'task' }]);
    expect(salesforce.tasksOf(salesforce.records('Lead')[0]?.id ?? '')).toHaveLength(1);
  });
});

describe('reading', () => {
  test('a query goes on page by page', async () => {
    await restart({ pageSize: 10 });
    for (let index = 0; index < 25; index += 1) salesforce.create('Lead', { LastName: `L${index}`, Company: 'x' });
    const connection = await connect();
    const first = await connection.query('SELECT Id, LastName FROM Lead ORDER BY CreatedDate, Id');
    expect(first).toMatchObject({ totalSize: 25, done: false });
    const second = await connection.queryMore(String(first.nextRecordsUrl));
    expect(second.records).toHaveLength(10);
    const all = await connection.query<{ LastName: string }>('SELECT LastName FROM Lead', {
      autoFetch: true,
      maxFetch: 100,
    });
    expect(all.records.map(({ LastName }) => LastName)).toEqual(Array.from({ length: 25 }, (_, index) => `L${index}`));
  });

  test('related records come nested', async () => {
    const accountId = salesforce.create('Account', { Name: 'Analytical Engines' });
    const contactId = salesforce.create('Contact', { LastName: 'Lovelace', AccountId: accountId });
    salesforce.create('Task', { Subject: 'Call', WhoId: contactId });
    const { records } = await (
      await connect()
    ).query("SELECT Subject, Who.Type, Who.Name, Account.Name FROM Task WHERE Who.Type = 'Contact'");
    expect(records).toMatchObject([
      { Subject: 'Call', Who: { Type: 'Contact', Name: 'Lovelace' }, Account: { Name: 'Analytical Engines' } },
    ]);
  });

  test('the query builder of jsforce', async () => {
    salesforce.create('Lead', { LastName: "O'Brien", Company: 'x', Email: 'ob@example.com' });
    const leads = (await connect()).sobject('Lead');
    expect(await leads.find({ LastName: "O'Brien", IsConverted: false }, ['Id', 'Email']).limit(5)).toMatchObject([
      { Email: 'ob@example.com' },
    ]);
    expect(await leads.count({ Email: { $like: 'ob@%' } })).toBe(1);
  });

  test('a search', async () => {
    const id = salesforce.create('Lead', { LastName: 'Lovelace', Company: 'x', Phone: '(202) 555-0143' });
    const { searchRecords } = await (
      await connect()
    ).search('FIND {"202 555 0143"} IN PHONE FIELDS RETURNING Contact(Id), Lead(Id, Phone WHERE IsConverted = false)');
    expect(searchRecords).toMatchObject([{ attributes: { type: 'Lead' }, Id: id, Phone: '(202) 555-0143' }]);
  });

  test('describe, versions, limits', async () => {
    addKey();
    const connection = await connect();
    const { fields, keyPrefix } = await connection.sobject('Task').describe();
    expect(keyPrefix).toBe('00T');
    const named = (name: string): unknown => fields.find((field) => field.name === name);
    expect(named(KEY)).toMatchObject({
      type: 'string',
      length: 64,
      externalId: true,
      unique: true,
      idLookup: true,
      createable: true,
      updateable: true,
      custom: true,
    });
    expect(named('TaskSubtype')).toMatchObject({ createable: true, updateable: false, restrictedPicklist: true });
    expect(named('Status')).toMatchObject({ nillable: false, defaultedOnCreate: true });
    expect(named('Description')).toMatchObject({ filterable: false, length: 32_000 });
    expect((await connection.describeGlobal()).sobjects.map(({ name }) => name)).toContain('Lead');
    expect(await connection.request('/services/data')).toContainEqual({
      label: 'Version 66',
      url: '/services/data/v66.0',
      version: '66.0',
    });
    await connection.limits();
    expect(connection.limitInfo.apiUsage).toEqual({ used: 3, limit: 100_000 });
  });
});

describe('setup', () => {
  const FIELD = {
    FullName: `Activity.${KEY}`,
    Metadata: { type: 'Text', label: 'Hookline call id', length: 64, externalId: true, unique: true },
  };

  test('a field made by the Tooling API is seen once a permission set that is assigned grants it', async () => {
    const connection = await connect();
    const made = await connection.tooling.sobject('CustomField').create(FIELD);
    expect(made).toMatchObject({ id: expect.stringMatching(/^00N/), success: true });
    const seen = async (): Promise<boolean> =>
      (await connection.sobject('Task').describe()).fields.some(({ name }) => name === KEY);
    expect(await seen()).toBe(false);

    const set = await connection.sobject('PermissionSet').create({ Name: 'Hookline', Label: 'Hookline' });
    const grant = { ParentId: set.id, SobjectType: 'Task', PermissionsRead: true, PermissionsEdit: true };
    const permissions = connection.sobject('FieldPermissions');
    await expect(permissions.create({ ...grant, Field: `Activity.${KEY}` })).rejects.toMatchObject({
      errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    });
    await permissions.create({ ...grant, Field: `Task.${KEY}` });
    expect(await seen()).toBe(false);

    const assignment = { AssigneeId: connection.userInfo?.id ?? '', PermissionSetId: set.id };
    await connection.sobject('PermissionSetAssignment').create(assignment);
    expect(await seen()).toBe(true);
    expect(await connection.sobject('Task').upsert({ [KEY]: 'call-1' }, KEY)).toMatchObject({ created: true });
    await expect(connection.sobject('PermissionSetAssignment').create(assignment)).rejects.toMatchObject({
      errorCode: 'DUPLICATE_VALUE',
    });
  });

  test('what is there already is found, or refused', async () => {
    const connection = await connect();
    const { id } = await connection.tooling.sobject('CustomField').create(FIELD);
    await expect(connection.tooling.sobject('CustomField').create(FIELD)).rejects.toMatchObject({
      errorCode: 'DUPLICATE_DEVELOPER_NAME',
    });
    const found = await connection.tooling.query(
      "SELECT Id, DeveloperName FROM CustomField WHERE DeveloperName = 'Hookline_Call_Id' AND TableEnumOrId = 'Activity'",
    );
    expect(found.records).toMatchObject([{ Id: id, DeveloperName: 'Hookline_Call_Id' }]);
    await connection.sobject('PermissionSet').create({ Name: 'Hookline', Label: 'Hookline' });
    expect((await connection.query("SELECT Id FROM PermissionSet WHERE Name = 'Hookline'")).totalSize).toBe(1);
  });

  test('a user who may not change the schema is told so', async () => {
    const permissions = { customizeApplication: false, managePermissionSets: false, viewAllData: false };
    await restart({ permissions });
    const connection = await connect();
    await expect(connection.tooling.sobject('CustomField').create(FIELD)).rejects.toMatchObject({
      errorCode: 'INSUFFICIENT_ACCESS',
    });
    await expect(
      connection.sobject('PermissionSet').create({ Name: 'Hookline', Label: 'Hookline' }),
    ).rejects.toMatchObject({ errorCode: 'INSUFFICIENT_ACCESS' });
  });
});
