import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { SMALL_CONFIG } from '../../support/check-config.ts';
import { runCli } from '../../support/run-cli.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

// Wrong usage: exit 2 for what was typed wrong, 1 for what is not there; one sentence that says what would be right.

jest.setTimeout(60_000);

const folder = createTempFolder('usage');

beforeAll(() => {
  mkdirSync(join(folder.path, 'config'));
  writeFileSync(join(folder.path, 'config/hookline.yaml'), SMALL_CONFIG);
  writeFileSync(join(folder.path, 'body.json'), '{}');
});
afterAll(() => folder.remove());

test.each<[args: string, code: number, said: string]>([
  ['cals', 2, "unknown command 'cals'"],
  ['calls --limit many', 2, 'Write a whole number from 1 to'],
  ['runs --state broken', 2, 'Allowed choices are'],
  ['start --role boss', 2, 'Allowed choices are all, receiver, worker.'],
  ['torture --only kill,fire', 2, '"fire" is none of kill, redis, postgres, disk, clock, crm'],
  ['torture --mode cloud', 2, 'Allowed choices are embedded, postgres, scaled, all.'],
  ['send', 2, "missing required argument 'source'"],
  ['send calab body.json', 2, 'There is no source "calab". Did you mean "callab"?'],
  ['send callab nothing.json', 2, 'nothing.json cannot be read (ENOENT).'],
  ['preview calab body.json', 2, 'There is no source "calab". Did you mean "callab"?'],
])('hookline %s: exit %i', async (args, code, said) => {
  const result = await runCli(folder.path, args.split(' '));
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(said) });
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('before the first start there is no ledger, and that is said', async () => {
  const elsewhere = { DATA_DIR: join(folder.path, 'elsewhere') };
  expect(await runCli(folder.path, ['calls'], elsewhere)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^There is no ledger at .*\. Start the daemon first, or set DATA_DIR\.\n$/),
  });
});

test('no daemon to send to: exit 1, and what to do', async () => {
  // Port 1 is no port of a daemon.
  const result = await runCli(folder.path, ['send', 'callab', 'body.json'], { PORT: '1' });
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('Is the daemon running (npm start)?') });
});

test('--help lists every command, in 80 columns', async () => {
  const { code, stdout } = await runCli(folder.path, ['--help']);
  expect(code).toBe(0);
  for (const name of ['start', 'demo', 'init', 'check', 'send', 'preview', 'calls', 'events', 'runs', 'replay'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
