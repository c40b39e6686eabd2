import { readFileSync } from 'node:fs';

import { afterEach, expect, test } from '@jest/globals';

import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import { checkSalesforce, setUpSalesforce } from '../../support/check-salesforce.ts';

// `check --live` of a Salesforce org.

let salesforce: Salesforce;

afterEach(() => salesforce.close());

async function open(options: Partial<SalesforceOptions> = {}, isSetUp = true): Promise<void> {
  salesforce = await startSalesforce(options);
  if (isSetUp) await setUpSalesforce(salesforce);
  salesforce.clearRequests();
}

function integrations(action: string): string {
  return `integrations:\n  - name: One\n    actions:\n      - sync: salesforce\n${action.replaceAll(/^/gm, '        ')}`;
}

/** What is not in order. */
async function complaints(action: string, destination = ''): Promise<readonly string[]> {
  const findings = await checkSalesforce(salesforce, { integrations: integrations(action), destination });
  return findings.filter((finding) => !finding.startsWith('ok '));
}

const FIELDS = 'error integrations[0].actions[0].contact.fields';

test('`- sync: salesforce` in an org that is set up: all is well, and nothing was written', async () => {
  await open();
  expect(await checkSalesforce(salesforce)).toEqual([
    expect.stringMatching(
      /^ok Salesforce org Hookline Simulator Inc\. \(00D\w{15}, Enterprise Edition, production, SIM1\), API 66\.0 of 31\.0 to 68\.0\.$/,
    ),
    'ok Logged in by client_credentials as Integration User (integration@hookline.example).',
    expect.stringMatching(
      /^ok \d+ of 100,000 API requests of the last 24 hours are used, by all apps together; Hookline waits from 80,000 on \(daily_share 0\.8\)\.$/,
    ),
    'ok The user may read and edit Contact, Lead, Account and Task, and create Lead and Task.',
    'ok Salesforce itself keeps doubles out: Lead and Task have unique keys of ours.',
    'ok Calls become closed Tasks: Status "Completed".',
    'ok Times become days (ActivityDate) in the time zone America/New_York, as in the org.',
    'ok LeadSource on Contact and Lead (a default): "AI Voice Agent" is not among its values, and taken all the same.',
    'ok Right: 15 mapped fields. Values that calls bring are checked when they are written: Email, Task.CallDurationInSeconds, Task.ActivityDate.',
  ]);
  const writes = salesforce.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/composite'));
  expect(writes.map(({ path }) => path)).toEqual(['/services/oauth2/token']);
});

test('not set up: what that costs, with the command', async () => {
  await open({}, false);
  const cost =
    'Where an answer is lost, the person waits up to ten minutes and is looked for by phone or e-mail before another Lead is made.';
  expect(await complaints('')).toEqual([
    `warning The user does not see our unique key Hookline_Person_Key__c on Lead, so Salesforce keeps no doubles out. ${cost} Run npm run hookline -- setup salesforce`,
    'warning The user does not see our unique key Hookline_Call_Id__c on Task, so Salesforce keeps no doubles out. Tasks carry the key of the call in CallObject, which nothing keeps unique: where an answer is lost, the call waits up to ten minutes and is looked for before it is written again. Run npm run hookline -- setup salesforce',
  ]);
});

test('keys that keep nothing unique, and keys that the user may not write', async () => {
  await open({}, false);
  salesforce.addField('Activity', { name: 'Hookline_Call_Id__c' });
  salesforce.addField('Lead', { name: 'Hookline_Person_Key__c', externalId: true, unique: true });
  salesforce.setFieldAccess('Lead', 'Hookline_Person_Key__c', 'read');
  const [lead, task] = await complaints('');
  expect(lead).toMatch(/^warning The user may not write our unique key Hookline_Person_Key__c on Lead, so .* Run npm/);
  expect(task).toMatch(
    /^warning Hookline_Call_Id__c on Task is not both unique and an external id, so it keeps no doubles out\. .* What to do about it says npm run hookline -- setup salesforce$/,
  );
});

test('objects that the user may not read, make or change, each told once', async () => {
  await open();
  salesforce.setObjectAccess('Account', 'none');
  salesforce.setObjectAccess('Lead', 'read');
  salesforce.setObjectAccess('Task', 'read');
  const findings = await complaints('');
  expect(findings.filter((finding) => finding.includes('The user may not'))).toEqual([
    'error The user may not create and edit Lead. It takes "Create" and "Edit" on Lead, in a permission set of the user.',
    'error The user may not read Account. It takes "Read" on Account, in a permission set of the user. Or take Account out of match_objects at destinations.salesforce.',
    'error The user may not create and edit Task. It takes "Edit Tasks", in a permission set of the user.',
  ]);
  salesforce.setObjectAccess('Task', 'none');
  expect(await complaints('')).toContain(
    'error The user may not read Task. It takes "Read" on Task, in a permission set of the user.',
  );
});

test('a sandbox, and an org without call fields', async () => {
  await open({ isSandbox: true, hasCallFields: false }, false);
  const findings = await checkSalesforce(salesforce);
  expect(findings[0]).toContain(', sandbox, ');
  expect(findings).toContain(
    "warning The user does not see our unique key Hookline_Call_Id__c on Task, so Salesforce keeps no doubles out. CallObject cannot be used either, so only Hookline's own links keep doubles out: where an answer is lost, the call waits for a person. Run npm run hookline -- setup salesforce",
  );
  expect(findings).toContain('warning CallType on Task (a default): the user sees no field "CallType" on Task.');
});

test('fields that are not there, that nobody may write, and that no person who is looked for has', async () => {
  await open();
  salesforce.setFieldAccess('Lead', 'Rating', 'read');
  const action = `contact:
  fields:
    Lead.Compani: "{{ contact.company }}"
    Lead.Rating: Hot
    CreatedDate: "{{ call.started_at }}"
    Account.Site: x
call: { fields: { Descripton: "{{ call.summary }}" } }`;
  expect(await complaints(action, '    match_objects: [Lead]')).toEqual([
    `${FIELDS}["Lead.Compani"]: the user sees no field "Compani" on Lead. Did you mean "Company"?`,
    `${FIELDS}["Lead.Rating"]: Rating on Lead: Salesforce does not let this user write Rating.`,
    `${FIELDS}.CreatedDate: CreatedDate on Lead: Salesforce does not let this user write CreatedDate.`,
    'warning integrations[0].actions[0].contact.fields["Account.Site"]: nothing is ever written to Account.Site: people are looked for and made as Lead.',
    'error integrations[0].actions[0].call.fields.Descripton: the user sees no field "Descripton" on Task. Did you mean "Description"?',
  ]);
});

test('a field of one kind of person alone is not missed on the others', async () => {
  await open();
  expect(await complaints('contact: { fields: { Company: Acme, Department: Sales } }')).toEqual([]);
});

test('constants that Salesforce would refuse: numbers, dates, booleans, options, ids; and texts that are cut', async () => {
  await open();
  salesforce.addField('Lead', { name: 'Score__c', type: 'double' });
  salesforce.addField('Lead', { name: 'Met_On__c', type: 'date' });
  salesforce.addField('Lead', { name: 'Tier__c', type: 'picklist', picklist: ['Gold', 'Silver'], restricted: true });
  salesforce.addField('Lead', { name: 'Short__c', length: 5 });
  const action = `contact:
  fields:
    Lead.Score__c: high
    Lead.Met_On__c: soon
    Lead.DoNotCall: perhaps
    Lead.Tier__c: Golden
    Lead.Short__c: too long
    Lead.OwnerId: ada@hookline.example
  status:
    rules: [{ when: outcomes.interested == true, set: Working }]
    default: "{{ outcomes.status }}"
call: { fields: { CallType: '{{ call.direction | map: inbound: "In", outbound: "Outbound", else: "" }}' } }`;
  expect(await complaints(action)).toEqual([
    `${FIELDS}["Lead.Score__c"]: Score__c on Lead: "high" is not a number.`,
    `${FIELDS}["Lead.Met_On__c"]: Met_On__c on Lead: "soon" is not a date.`,
    `${FIELDS}["Lead.DoNotCall"]: DoNotCall on Lead: "perhaps" is not true or false.`,
    `${FIELDS}["Lead.Tier__c"]: Tier__c on Lead: "Golden" is not one of its values. Did you mean "Gold"?`,
    'warning integrations[0].actions[0].contact.fields["Lead.Short__c"]: Short__c on Lead: cut from 8 to 5 characters.',
    `${FIELDS}["Lead.OwnerId"]: OwnerId on Lead: "ada@hookline.example" is not the id of a record: 15 or 18 letters and digits.`,
    expect.stringMatching(
      /^error integrations\[0\]\.actions\[0\]\.contact\.status: Status on Lead: "Working" is not one of its values\. Known: Open - Not Contacted, /,
    ),
    'error integrations[0].actions[0].call.fields.CallType: CallType on Task: "In" is not one of its values. Known: Internal, Inbound, Outbound.',
  ]);
});

test('what Salesforce takes only when a record is made is held to its values, too', async () => {
  await open();
  expect(await complaints('call: { fields: { TaskSubtype: Phone } }')).toEqual([
    'error integrations[0].actions[0].call.fields.TaskSubtype: TaskSubtype on Task: "Phone" is not one of its values. Known: Task, Email, ListEmail, Cadence, Call, LinkedIn.',
  ]);
});

test('a value that is not listed, of a picklist that takes it: a warning with the nearest', async () => {
  await open();
  expect(await complaints('contact: { fields: { Lead.Industry: Bankin, LeadSource: web } }')).toEqual([
    'warning integrations[0].actions[0].contact.fields["Lead.Industry"]: Industry on Lead: "Bankin" is not among its values, and taken all the same. Did you mean "Banking"?',
  ]);
});

test('a default that an org cannot take: a warning, for the rest is written', async () => {
  await open();
  for (const type of ['Lead', 'Contact'] as const)
    salesforce.changeField(type, {
      name: 'LeadSource',
      type: 'picklist',
      picklist: ['Web', 'Phone'],
      restricted: true,
    });
  expect(await complaints('')).toEqual([
    'warning LeadSource on Contact and Lead (a default): "AI Voice Agent" is not one of its values. Known: Web, Phone.',
  ]);
});

test('fields that the org requires and nobody fills', async () => {
  await open();
  salesforce.addField('Lead', { name: 'Region__c', nillable: false });
  salesforce.addField('Activity', { name: 'Team__c', nillable: false });
  expect(await complaints('')).toEqual([
    'warning The org requires Region__c of every new Lead, and no integration fills it: Salesforce refuses every Lead that Hookline makes. Map it.',
    'error The org requires Team__c of every new Task, and no integration fills it: Salesforce refuses every Task that Hookline makes. Map it.',
  ]);
  const mapped = 'contact: { fields: { Lead.Region__c: North } }\ncall: { fields: { Team__c: A } }';
  expect(await complaints(mapped)).toEqual([]);
});

test('a name and a company that nobody maps have something that stands in for them', async () => {
  await open();
  expect(await complaints('contact: { fields: { LastName: null, Lead.Company: null } }')).toEqual([]);
});

test('what is closed is asked of the org; a call that would stay open is a warning', async () => {
  await open({
    taskStatuses: [
      { value: 'Offen', isClosed: false },
      { value: 'Erledigt', isClosed: true },
    ],
  });
  const findings = await checkSalesforce(salesforce);
  expect(findings).toContain('ok Calls become closed Tasks: Status "Erledigt".');
  expect(findings.filter((finding) => !finding.startsWith('ok '))).toEqual([]);
  expect(await complaints('call: { fields: { Status: Offen } }')).toEqual([
    'warning integrations[0].actions[0].call.fields.Status: a Task with the Status "Offen" is open, and stays in somebody\'s list. Closed here: Erledigt.',
  ]);
  expect(await complaints('call: { fields: { Status: null } }')).toEqual([
    'warning No integration writes the Status of calls, so their Tasks stay open. Closed here: Erledigt.',
  ]);
});

test('the time zone of the config goes before that of the org', async () => {
  await open();
  const findings = await checkSalesforce(salesforce, { destination: '    time_zone: Europe/Berlin' });
  expect(findings).toContain('ok Times become days (ActivityDate) in the time zone Europe/Berlin, by time_zone.');
});

test('external ids are looked up by a field that can be searched', async () => {
  await open();
  const named = (name: string): Promise<readonly string[]> => complaints('', `    external_id_field: ${name}`);
  expect(await named('Id')).toEqual([]);
  salesforce.addField('Lead', { name: 'Platform_Id__c', externalId: true });
  expect(await named('Platform_Id__c')).toEqual([]);
  expect(await named('Platform_Idd__c')).toEqual([
    'error external_id_field at destinations.salesforce: the user sees no field "Platform_Idd__c" on Contact, Lead, Account, so nobody is found by the platform\'s id. Did you mean "Platform_Id__c"?',
  ]);
  expect(await named('Description')).toEqual([
    "error external_id_field at destinations.salesforce: Salesforce cannot look for records by Description, so nobody is found by the platform's id. Name an external id, or Id.",
  ]);
});

test('duplicate rules of the org are named, with what comes of them', async () => {
  await open();
  salesforce.addDuplicateRule('Lead', { name: 'Standard_Lead_Duplicate_Rule', fields: ['Email'], action: 'alert' });
  expect(await checkSalesforce(salesforce)).toContain(
    'ok Duplicate rules for Lead: Standard Lead Duplicate Rule. With duplicate_rules: allow, where they only alert, records are saved all the same; what they block waits for a person.',
  );
});

test('a day that is nearly used up, and one that is', async () => {
  await open({ daily: 1000 });
  salesforce.spendDaily(700);
  expect((await checkSalesforce(salesforce))[2]).toMatch(
    /^warning 7\d\d of 1,000 API requests .*; Hookline waits from 800 on \(daily_share 0\.8\)\. That is near\.$/,
  );
  salesforce.spendDaily(100);
  expect((await checkSalesforce(salesforce))[2]).toMatch(
    /^warning 8\d\d of 1,000 .*\. So it waits, and goes on by itself when there is room again\.$/,
  );
  salesforce.spendDaily(1000);
  expect(await checkSalesforce(salesforce)).toEqual([
    expect.stringMatching(
      /^error GET \/services\/data\/v66\.0 → 403: REQUEST_LIMIT_EXCEEDED: .* The org's API requests of the last 24 hours are used up; it goes on by itself when there is room again\.$/,
    ),
  ]);
});

test('a version that the org does not serve, a wrong secret, sessions that are refused, an address that is not Salesforce', async () => {
  await open();
  expect(await checkSalesforce(salesforce, { destination: "    api_version: '99.0'" })).toEqual([
    'error Salesforce serves the API versions 31.0 to 68.0 here; api_version at destinations.salesforce is 99.0.',
  ]);
  const auth = `{ flow: client_credentials, client_id: "${salesforce.clientId}", client_secret: wrong }`;
  expect(await checkSalesforce(salesforce, { auth })).toEqual([
    'error login → 400: invalid_client: invalid client credentials. Check client_secret.',
  ]);
  salesforce.fail({
    fault: { kind: 'answer', answer: { status: 200, body: { hello: 'world' } } },
    when: ({ path }) => path === '/services/data',
    times: 1,
  });
  expect(await checkSalesforce(salesforce)).toEqual([
    'error GET /services/data → 200: {"hello":"world"}: this does not look like Salesforce. Check login_url at destinations.salesforce.',
  ]);
  salesforce.freeze();
  expect(await checkSalesforce(salesforce)).toEqual([
    expect.stringMatching(/^error .*Salesforce gives sessions and refuses them: look at the app's IP relaxation/),
  ]);
});

test('the example fits an org as Salesforce makes it', async () => {
  await open();
  const example = readFileSync('config/examples/salesforce.yaml', 'utf8');
  const findings = await checkSalesforce(salesforce, { integrations: example.slice(example.indexOf('integrations:')) });
  expect(findings.filter((finding) => !finding.startsWith('ok '))).toEqual([]);
});
