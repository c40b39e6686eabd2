import { readFileSync } from 'node:fs';

import { afterEach, expect, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import { openSession } from '../../support/ask-salesforce.ts';
import { setUpSalesforce } from '../../support/check-salesforce.ts';
import { createManualClock } from '../../support/manual-clock.ts';

// `setup salesforce` against an org as Salesforce makes it, and against orgs that refuse this or that.

let salesforce: Salesforce;

afterEach(() => salesforce.close());

async function open(options: Partial<SalesforceOptions> = {}): Promise<void> {
  salesforce = await startSalesforce(options);
}

const USER = 'Integration User (integration@hookline.example)';
const FIELDS = [
  'The unique field Hookline_Call_Id__c on Activity.',
  'The unique field Hookline_Person_Key__c on Lead.',
  'The unique field Hookline_Person_Key__c on Contact.',
];
const GRANTS = ['Task.Hookline_Call_Id__c', 'Lead.Hookline_Person_Key__c', 'Contact.Hookline_Person_Key__c'].map(
  (field) => `Access to ${field} by the permission set Hookline.`,
);
const SET = 'The permission set Hookline.';
const ASSIGNMENT = `The permission set Hookline for ${USER}.`;
const ALL = [...FIELDS, SET, ...GRANTS, ASSIGNMENT];

function made(titles: readonly string[]): readonly string[] {
  return titles.map((title) => `made ${title}`);
}

function present(titles: readonly string[]): readonly string[] {
  return titles.map((title) => `present ${title}`);
}

/** What the API user may do with our field of this object. */
async function fieldOf(type: 'Task' | 'Lead' | 'Contact'): Promise<JsonObject | undefined> {
  const { body } = await (await openSession(salesforce)).ask(`GET /sobjects/${type}/describe`);
  const { fields } = body as unknown as { readonly fields: readonly (JsonObject & { readonly name: string })[] };
  return fields.find(({ name }) => name.startsWith('Hookline_'));
}

/** Bodies of what was posted below this path. */
function posted(end: string): readonly JsonObject[] {
  return salesforce.requests
    .filter(({ method, path }) => method === 'POST' && path.endsWith(end))
    .map(({ body }) => body);
}

const KEY = { externalId: true, unique: true, caseSensitive: true, length: 255, createable: true, updateable: true };

test('a fresh org: fields, a permission set with access to them, and its assignment; the user sees them then', async () => {
  await open();
  expect(await fieldOf('Task')).toBeUndefined();
  expect(await setUpSalesforce(salesforce)).toEqual(made(ALL));
  for (const type of ['Task', 'Lead', 'Contact'] as const) expect(await fieldOf(type)).toMatchObject(KEY);
});

test('again: everything is there already, and nothing is sent but looks', async () => {
  await open();
  await setUpSalesforce(salesforce);
  salesforce.clearRequests();
  expect(await setUpSalesforce(salesforce)).toEqual(present([...FIELDS, `Access to these fields for ${USER}.`]));
  expect(salesforce.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual([
    '/services/oauth2/token',
  ]);
});

test('every answer that is lost: what is there in the end counts', async () => {
  await open();
  const isMaking = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'POST' && path.includes('/sobjects/');
  salesforce.fail({ fault: { kind: 'commit_then_drop' }, when: isMaking, times: 8 });
  expect(await setUpSalesforce(salesforce)).toEqual(made(ALL));
  expect(posted('/CustomField')).toHaveLength(3);
});

test('an org that was half set up: what is missing is made, and too little access becomes enough', async () => {
  await open();
  const session = await openSession(salesforce);
  const { body } = await session.ask('POST /sobjects/PermissionSet', { Name: 'Hookline', Label: 'Hookline' });
  salesforce.addField('Lead', { name: 'Hookline_Person_Key__c', externalId: true, unique: true });
  salesforce.setFieldAccess('Lead', 'Hookline_Person_Key__c', 'none');
  await session.ask('POST /sobjects/FieldPermissions', {
    ParentId: (body as JsonObject)['id'] ?? '',
    SobjectType: 'Lead',
    Field: 'Lead.Hookline_Person_Key__c',
    PermissionsRead: true,
    PermissionsEdit: false,
  });
  const steps = await setUpSalesforce(salesforce);
  expect(steps.toSorted()).toEqual(
    [
      ...present([FIELDS[1] ?? '', SET]),
      ...made(ALL.filter((title) => title !== FIELDS[1] && title !== SET)),
    ].toSorted(),
  );
  expect(await fieldOf('Lead')).toMatchObject({ createable: true, updateable: true });
});

test('access by another way, a profile or a permission set of the org: nothing of ours is made', async () => {
  await open();
  const key = { externalId: true, unique: true };
  salesforce.addField('Activity', { name: 'Hookline_Call_Id__c', ...key });
  for (const type of ['Lead', 'Contact'] as const)
    salesforce.addField(type, { name: 'Hookline_Person_Key__c', ...key });
  expect(await setUpSalesforce(salesforce)).toEqual(present([...FIELDS, `Access to these fields for ${USER}.`]));
  expect(posted('/PermissionSet')).toEqual([]);
});

test('a field of that name that keeps nothing unique: left alone, with what to do about it', async () => {
  await open();
  salesforce.addField('Activity', { name: 'Hookline_Call_Id__c' });
  expect(await setUpSalesforce(salesforce)).toEqual([
    'failed The field Hookline_Call_Id__c on Activity is there, but not both unique and an external id. Setup > Object Manager > Activity > Fields & Relationships > Hookline call id > Edit: tick Unique (case sensitive) and External ID; Salesforce refuses it while two records have the same value. Until then: Tasks carry the key of the call in CallObject, which nothing keeps unique: where an answer is lost, the call waits up to ten minutes and is looked for before it is written again.',
    ...made(FIELDS.slice(1)),
    `made ${SET}`,
    ...made(GRANTS.slice(1)),
    `made ${ASSIGNMENT}`,
  ]);
  expect((await fieldOf('Task'))?.['unique']).toBe(false);
});

test('the same where nobody was given access to it', async () => {
  await open();
  salesforce.addField('Lead', { name: 'Hookline_Person_Key__c' });
  salesforce.setFieldAccess('Lead', 'Hookline_Person_Key__c', 'none');
  expect((await setUpSalesforce(salesforce))[1]).toMatch(
    /^failed The field Hookline_Person_Key__c on Lead is there, but not both unique and an external id\. .* Until then: Where an answer is lost, the person waits up to ten minutes/,
  );
});

test('an org with no room for another field: said, with what stands in for it, and the rest is made', async () => {
  await open({ activityFieldLimit: 0 });
  const [first, ...rest] = await setUpSalesforce(salesforce);
  expect(first).toBe(
    'refused The unique field Hookline_Call_Id__c on Activity could not be made: POST /tooling/sobjects/CustomField → 400: LIMIT_EXCEEDED: Activity has as many custom fields as it may have. Hookline goes on without. Tasks carry the key of the call in CallObject, which nothing keeps unique: where an answer is lost, the call waits up to ten minutes and is looked for before it is written again.',
  );
  expect(rest).toEqual([...made(FIELDS.slice(1)), `made ${SET}`, ...made(GRANTS.slice(1)), `made ${ASSIGNMENT}`]);
});

test('the same in an org without call fields', async () => {
  await open({ activityFieldLimit: 0, hasCallFields: false });
  expect((await setUpSalesforce(salesforce))[0]).toMatch(
    /Hookline goes on without\. CallObject cannot be used either, so only Hookline's own links keep doubles out: where an answer is lost, the call waits for a person\.$/,
  );
});

const NO_RIGHTS = { customizeApplication: false, managePermissionSets: false, viewAllData: false };

test('a user who is no administrator: every step by hand, and once what an administrator can do in place of that', async () => {
  await open({ permissions: NO_RIGHTS });
  const steps = await setUpSalesforce(salesforce);
  const byHand = (object: string, name: string): string =>
    `failed The unique field ${name}__c on ${object}: ${USER} may not make fields, which takes the permission "Customize Application". By hand: Setup > Object Manager > ${object} > Fields & Relationships > New: Text, length 255, field name ${name}, Unique (case sensitive), External ID; visible for the profile of Hookline's user.`;
  const ways = `In place of all that, an administrator can deploy docs/salesforce-metadata (sf project deploy start --metadata-dir docs/salesforce-metadata) and assign the permission set Hookline to ${USER}, or lend an access token for this alone: SETUP_TOKEN=... npm run hookline -- setup salesforce`;
  expect(steps).toEqual([
    byHand('Activity', 'Hookline_Call_Id'),
    byHand('Lead', 'Hookline_Person_Key'),
    `${byHand('Contact', 'Hookline_Person_Key')} ${ways}`,
  ]);
});

test('a user who may make fields and no permission sets', async () => {
  await open({ permissions: { ...NO_RIGHTS, customizeApplication: true } });
  const steps = await setUpSalesforce(salesforce);
  expect(steps.slice(0, 3)).toEqual(made(FIELDS));
  expect(steps.slice(3)).toEqual([
    expect.stringMatching(
      /^failed The permission set Hookline: Integration User .* may not do that, which takes the permission "Manage Profiles and Permission Sets"\. By hand: Setup > Permission Sets > New: label Hookline; in it, below Object Settings, Read Access and Edit Access for Task\.Hookline_Call_Id__c, Lead\.Hookline_Person_Key__c, Contact\.Hookline_Person_Key__c; then Manage Assignments > Add Assignment: Integration User .*\. In place of all that, /,
    ),
  ]);
});

test('SETUP_TOKEN: the administrator makes everything, and the assignment goes to the user of the daemon', async () => {
  await open({ permissions: NO_RIGHTS });
  const setupToken = salesforce.openAdministrator();
  expect(await setUpSalesforce(salesforce, { setupToken })).toEqual(made(ALL));
  expect(await fieldOf('Task')).toMatchObject(KEY);
  const sent = salesforce.requests.filter(({ headers }) => headers['authorization']?.includes(setupToken) === true);
  expect(sent.filter(({ method }) => method === 'POST')).toHaveLength(8);
  expect(salesforce.requests.filter(({ query }) => query.toString().includes('oauth_token'))).toEqual([]);
});

test('a SETUP_TOKEN that is worth nothing: said once', async () => {
  await open({ permissions: NO_RIGHTS });
  expect(await setUpSalesforce(salesforce, { setupToken: '00Dxx!worth.nothing' })).toEqual([
    'failed Salesforce refuses SETUP_TOKEN. It may have expired, or belong to another org. Take the access token of an administrator of this org.',
  ]);
});

test('a login that is refused: said once', async () => {
  await open();
  const auth = `{ flow: client_credentials, client_id: "${salesforce.clientId}", client_secret: wrong }`;
  expect(await setUpSalesforce(salesforce, { auth })).toEqual([
    'failed login → 400: invalid_client: invalid client credentials. Check client_secret.',
  ]);
});

test('whichever flow logs in, the user is known', async () => {
  const clock = createManualClock();
  await open({ clock: () => clock.now() });
  const { clientId, clientSecret, refreshToken, username, password, privateKey } = salesforce;
  const client = `client_id: "${clientId}", client_secret: "${clientSecret}"`;
  const flows = [
    `{ flow: jwt_bearer, client_id: "${clientId}", username: "${username}", private_key: ${JSON.stringify(privateKey)} }`,
    `{ flow: refresh_token, ${client}, refresh_token: "${refreshToken}" }`,
    `{ flow: username_password, username: "${username}", password: "${password}", ${client} }`,
    `{ flow: username_password, username: "${username}", password: "${password}" }`,
  ];
  for (const auth of flows) {
    expect((await setUpSalesforce(salesforce, { auth })).at(-1)).toMatch(
      / for Integration User \(integration@hookline\.example\)\.$/,
    );
  }
});

test('what is to be deployed by hand is what setup makes', async () => {
  await open();
  await setUpSalesforce(salesforce);
  const read = (file: string): string => readFileSync(`docs/salesforce-metadata/${file}`, 'utf8');
  const fields = posted('/CustomField') as unknown as readonly { FullName: string; Metadata: JsonObject }[];
  expect(elements(read('package.xml'), 'members')).toEqual([...fields.map(({ FullName }) => FullName), 'Hookline']);
  for (const { FullName, Metadata } of fields) {
    const [object = '', name = ''] = FullName.split('.');
    const written = [...read(`objects/${object}.object`).matchAll(/^ {8}<(\w+)>(.*)<\/\1>$/gm)];
    expect(Object.fromEntries(written.map(([, tag, value]) => [tag, value]))).toEqual(
      Object.fromEntries(
        Object.entries({ fullName: name, ...Metadata }).map(([tag, value]) => [
          tag,
          JSON.stringify(value).replaceAll('"', ''),
        ]),
      ),
    );
  }
  const set = read('permissionsets/Hookline.permissionset');
  expect(elements(set, 'field')).toEqual(posted('/FieldPermissions').map(({ Field }) => Field));
  expect([...elements(set, 'editable'), ...elements(set, 'readable')]).toEqual(Array.from({ length: 6 }, () => 'true'));
  expect(posted('/PermissionSet')).toEqual([
    { Name: 'Hookline', Label: elements(set, 'label')[0], Description: elements(set, 'description')[0] },
  ]);
});

function elements(xml: string, tag: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>(.*)</${tag}>`, 'g'))].map(([, value = '']) => value);
}
