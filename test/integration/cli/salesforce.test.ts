import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { startSalesforce, type Salesforce } from '../../simulators/salesforce/index.ts';
import { salesforceConfig } from '../../support/check-salesforce.ts';
import { createConfigFolders, expectToFit } from '../../support/cli-folders.ts';
import { runCli } from '../../support/run-cli.ts';

// `hookline setup salesforce` and `hookline check --live` as an operator types and reads them.

jest.setTimeout(60_000);

const folderWith = createConfigFolders('cli-salesforce');
let salesforce: Salesforce;

beforeEach(async () => {
  salesforce = await startSalesforce();
});

afterEach(() => salesforce.close());

test('from a fresh org to one that is right: check, setup, setup again, check', async () => {
  const folder = folderWith(salesforceConfig(salesforce));
  const before = await runCli(folder, ['check', '--live']);
  expect(before).toMatchObject({ code: 0, stderr: '' });
  expect(before.stdout).toContain(`
  warning  The user does not see our unique key Hookline_Person_Key__c on Lead,
           so Salesforce keeps no doubles out. Where an answer is lost, the
           person waits up to ten minutes and is looked for by phone or e-mail
           before another Lead is made. Run npm run hookline -- setup salesforce
`);

  const first = await runCli(folder, ['setup', 'salesforce']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toBe(`salesforce
  made          The unique field Hookline_Call_Id__c on Activity.
  made          The unique field Hookline_Person_Key__c on Lead.
  made          The unique field Hookline_Person_Key__c on Contact.
  made          The permission set Hookline.
  made          Access to Task.Hookline_Call_Id__c by the permission set
                Hookline.
  made          Access to Lead.Hookline_Person_Key__c by the permission set
                Hookline.
  made          Access to Contact.Hookline_Person_Key__c by the permission set
                Hookline.
  made          The permission set Hookline for Integration User
                (integration@hookline.example).

A running daemon takes this up within an hour, or when it is started again.
Is everything right?
  npm run hookline -- check --live
`);

  const second = await runCli(folder, ['setup', 'salesforce', '--json']);
  expect(JSON.parse(second.stdout)).toEqual({
    destination: 'salesforce',
    steps: [
      { outcome: 'present', message: 'The unique field Hookline_Call_Id__c on Activity.' },
      { outcome: 'present', message: 'The unique field Hookline_Person_Key__c on Lead.' },
      { outcome: 'present', message: 'The unique field Hookline_Person_Key__c on Contact.' },
      { outcome: 'present', message: 'Access to these fields for Integration User (integration@hookline.example).' },
    ],
  });

  const after = await runCli(folder, ['check', '--live']);
  expect(after.code).toBe(0);
  expect(after.stdout).not.toMatch(/warning|error/);
  for (const result of [before, first, after]) expectToFit(result);
});

test('a user who is no administrator: exit 1; SETUP_TOKEN may, and is shown nowhere', async () => {
  await salesforce.close();
  const permissions = { customizeApplication: false, managePermissionSets: false, viewAllData: false };
  salesforce = await startSalesforce({ permissions });
  const folder = folderWith(salesforceConfig(salesforce));
  const refused = await runCli(folder, ['setup', 'salesforce']);
  expect(refused).toMatchObject({ code: 1, stderr: 'Not all of salesforce could be set up.\n' });
  expect(refused.stdout).toContain(`
                access token for this alone: SETUP_TOKEN=... npm run hookline --
                setup salesforce
`);
  expectToFit(refused);
  const token = salesforce.openAdministrator();
  const made = await runCli(folder, ['setup', 'salesforce'], { SETUP_TOKEN: token });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).not.toContain(token);
});

test('a field that Salesforce has not: exit 1, with the nearest name', async () => {
  const integrations =
    'integrations: [{ name: One, actions: [{ sync: salesforce, call: { fields: { Descripton: x } } }] }]';
  const result = await runCli(folderWith(salesforceConfig(salesforce, { integrations })), ['check', '--live']);
  expect(result).toMatchObject({ code: 1, stderr: 'Not every destination can be used as it is configured.\n' });
  expect(result.stdout).toContain(`  error    integrations[0].actions[0].call.fields.Descripton: the user sees no
           field "Descripton" on Task. Did you mean "Description"?`);
  expectToFit(result);
});

test('a day of which the share is used up: said, not tried', async () => {
  salesforce.spendDaily(85_000);
  const result = await runCli(folderWith(salesforceConfig(salesforce)), ['check', '--live']);
  expect(result.code).toBe(1);
  expect(result.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /85,\d+ of the org's 100,000 daily API requests are used, by all apps together\. daily_share is 0\.8: Hookline waits above that\. It goes on by itself when there is room again\./,
  );
});
