import { afterAll, expect, jest, test } from '@jest/globals';

import { runCli } from '../../support/run-cli.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { startNode } from '../../support/start-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

// `npm run demo -- --crm hubspot` and `--crm salesforce`: the main job against a simulated CRM.

jest.setTimeout(120_000);

const root = createTempFolder('demo');

afterAll(() => root.remove());

const ROWS = {
  hubspot: /\nCONTACT +NAME +PHONE +LEAD STATUS +CALLS +TASKS\n\d+ +Dana Reed +\+12025550143 +OPEN +12 +1\n/,
  salesforce:
    /\nLEAD +NAME +PHONE +STATUS +CALLS +TASKS\n00Q\w{15} +Dana Reed +\+12025550143 +Working - Contacted +12 +1\n/,
} as const;

test.each([
  ['hubspot', '1 contact, 12 calls, 1 task in HubSpot'],
  ['salesforce', '1 lead, 12 calls, 1 task in Salesforce'],
] as const)(
  '--crm %s --once: one person with all his calls, and what it cost; nothing wider than 80 columns',
  async (crm, made) => {
    const { code, stdout, stderr } = await runCli(root.path, ['demo', '--crm', crm, '--once'], { TMPDIR: root.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`✓ 12 calls of one customer → ${made}\n`);
    expect(stdout).toMatch(ROWS[crm]);
    expect(stdout.replaceAll('\n', ' ')).toMatch(/ \d+ requests \(.*\bsearch\b.*\) for 12 calls: \d\.\d per call\. /);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);

test.each([
  ['hubspot', 'HubSpot itself keeps doubles out'],
  ['salesforce', 'Salesforce itself keeps doubles out'],
] as const)('--crm %s without --once: the daemon and the CRM stay until Ctrl-C', async (crm, right) => {
  const running = startNode(['src/main.js', 'demo', '--crm', crm], { TMPDIR: root.path });
  await waitUntil(async () => running.hasExited() || running.stdout().includes('Ctrl-C stops'), {
    what: 'the demo to be done',
  });
  const variables = Object.fromEntries(
    [...running.stdout().matchAll(/^ {2}export (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const { code, stdout } = await runCli(root.path, ['check', '--live'], variables);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(right) });
  expect(await running.stop('SIGINT')).toMatchObject({ code: 0 });
  expect(running.stdout()).toContain('\nStopped.\n');
});
