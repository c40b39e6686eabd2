import { afterAll, expect, jest, test } from '@jest/globals';

import { runCli } from '../../support/run-cli.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { startNode } from '../../support/start-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

// `npm run demo -- --crm hubspot`: the main job against a simulated HubSpot.

jest.setTimeout(120_000);

const root = createTempFolder('demo');

afterAll(() => root.remove());

test('--once: one contact with all its calls, and what it cost; nothing wider than 80 columns', async () => {
  const { code, stdout, stderr } = await runCli(root.path, ['demo', '--crm', 'hubspot', '--once'], {
    TMPDIR: root.path,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('✓ 12 calls of one customer → 1 contact, 12 calls, 1 task in hubspot\n');
  expect(stdout).toMatch(
    /\nCONTACT +NAME +PHONE +LEAD STATUS +CALLS +TASKS\n\d+ +Dana Reed +\+12025550143 +OPEN +12 +1\n/,
  );
  expect(stdout.replaceAll('\n', ' ')).toMatch(/ \d+ requests \(.*\bsearch\b.*\) for 12 calls: \d\.\d per call\. /);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('without --once the daemon and HubSpot stay until Ctrl-C', async () => {
  const running = startNode(['src/main.ts', 'demo', '--crm', 'hubspot'], { TMPDIR: root.path });
  await waitUntil(async () => running.hasExited() || running.stdout().includes('Ctrl-C stops'), {
    what: 'the demo to be done',
  });
  const variables = Object.fromEntries(
    [...running.stdout().matchAll(/^ {2}export (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const { code, stdout } = await runCli(root.path, ['check', '--live'], variables);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('HubSpot itself keeps doubles out') });
  expect(await running.stop('SIGINT')).toMatchObject({ code: 0 });
  expect(running.stdout()).toContain('\nStopped.\n');
});
