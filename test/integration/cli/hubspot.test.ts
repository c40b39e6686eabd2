import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { hubspotConfig } from '../../support/check-hubspot.ts';
import { createConfigFolders, expectToFit } from '../../support/cli-folders.ts';
import { runCli } from '../../support/run-cli.ts';
import { startHubSpot, type HubSpot } from '../../simulators/hubspot/index.ts';

// `hookline setup hubspot` and `hookline check --live` as an operator types and reads them.

jest.setTimeout(60_000);

const folderWith = createConfigFolders('cli-hubspot');
let hubspot: HubSpot;

beforeEach(async () => {
  hubspot = await startHubSpot();
});

afterEach(() => hubspot.close());

test('from a fresh account to one that is right: check, setup, setup again, check', async () => {
  const folder = folderWith(hubspotConfig(hubspot));
  const before = await runCli(folder, ['check', '--live']);
  expect(before).toMatchObject({ code: 0, stderr: '' });
  expect(before.stdout).toContain('  warning  Contacts, calls, tasks, notes have no unique key of ours');
  expect(before.stdout.replaceAll(/\s+/g, ' ')).toContain('Run npm run hookline -- setup hubspot');

  const first = await runCli(folder, ['setup', 'hubspot']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toBe(`hubspot
  made          The property group "Hookline" on contacts.
  made          The unique property hookline_person_key on contacts.
  made          The property group "Hookline" on calls.
  made          The unique property hookline_call_id on calls.
  made          The property group "Hookline" on tasks.
  made          The unique property hookline_call_id on tasks.
  made          The property group "Hookline" on notes.
  made          The unique property hookline_call_id on notes.

A running daemon takes this up within an hour, or when it is started again.
Is everything right?
  npm run hookline -- check --live
`);

  const second = await runCli(folder, ['setup', 'hubspot', '--json']);
  expect(JSON.parse(second.stdout)).toEqual({
    destination: 'hubspot',
    steps: [
      { outcome: 'present', message: 'The unique property hookline_person_key on contacts.' },
      { outcome: 'present', message: 'The unique property hookline_call_id on calls.' },
      { outcome: 'present', message: 'The unique property hookline_call_id on tasks.' },
      { outcome: 'present', message: 'The unique property hookline_call_id on notes.' },
    ],
  });

  const after = await runCli(folder, ['check', '--live']);
  expect(after.code).toBe(0);
  expect(after.stdout).not.toMatch(/warning|error/);
  for (const result of [before, first, second, after]) expectToFit(result);
});

test('a token that may not: exit 1; SETUP_TOKEN may', async () => {
  const scopes = ['crm.objects.contacts.read', 'crm.objects.contacts.write'];
  hubspot.addToken({ token: 'pat-records', kind: 'service_key', scopes, expiresAtMs: null });
  const folder = folderWith(hubspotConfig(hubspot, { token: 'pat-records' }));
  const refused = await runCli(folder, ['setup', 'hubspot']);
  expect(refused).toMatchObject({ code: 1, stderr: 'Not all of hubspot could be set up.\n' });
  expect(refused.stdout).toContain(
    '  failed        The token may not make properties on contacts. Give it the scope\n',
  );
  expectToFit(refused);
  const made = await runCli(folder, ['setup', 'hubspot'], { SETUP_TOKEN: hubspot.token });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout + refused.stdout).not.toContain(hubspot.token);
});

test('a field that HubSpot has not: exit 1, with the nearest name', async () => {
  const integrations =
    'integrations: [{ name: One, actions: [{ sync: hubspot, contact: { fields: { job_title: x } } }] }]';
  const result = await runCli(folderWith(hubspotConfig(hubspot, { integrations })), ['check', '--live']);
  expect(result).toMatchObject({ code: 1, stderr: 'Not every destination can be used as it is configured.\n' });
  expect(result.stdout).toContain(`  error    integrations[0].actions[0].contact.fields.job_title: HubSpot has no
           property "job_title" on contacts. Did you mean "jobtitle"?`);
});

test('a destination that needs nothing, and one that is not there', async () => {
  const folder = folderWith(hubspotConfig(hubspot).replace('destinations:', 'destinations:\n  box: { type: sandbox }'));
  expect(await runCli(folder, ['setup', 'box'])).toEqual({
    code: 0,
    stdout: 'box (sandbox) needs no set-up.\n',
    stderr: '',
  });
  expect(await runCli(folder, ['setup', 'hubspott'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'There is no destination "hubspott". Did you mean "hubspot"?\n',
  });
});
