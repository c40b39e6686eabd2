import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { findFreePort } from '../../support/free-port.ts';
import { runCli, type CliResult } from '../../support/run-cli.ts';
import { startHookline, waitUntilUp, type HooklineOptions } from '../../support/start-hookline.ts';
import type { RunningProcess } from '../../support/start-process.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

// What keeps a daemon from starting is said in words, beside one that runs.

jest.setTimeout(120_000);

const CONFIG = `sources: { callab: { platform: callab, secrets: [the-right-secret] } }
destinations: { sandbox: { type: sandbox } }
integrations: [{ name: Keep the sandbox in step, actions: [{ sync: sandbox }] }]
`;

const folder = createTempFolder('start');
let options: HooklineOptions;
let daemon: RunningProcess;

beforeAll(async () => {
  mkdirSync(join(folder.path, 'config'));
  const config = join(folder.path, 'config/hookline.yaml');
  writeFileSync(config, CONFIG);
  options = {
    config,
    dataDir: join(folder.path, 'data'),
    port: await findFreePort(),
    adminPort: await findFreePort(),
  };
  daemon = startHookline(options);
  await waitUntilUp(daemon, options);
});

afterAll(async () => {
  await daemon.stop('SIGKILL');
  folder.remove();
});

async function start(variables: Readonly<Record<string, string>>): Promise<CliResult> {
  const free = { HOST: '127.0.0.1', PORT: String(await findFreePort()), ADMIN_PORT: String(await findFreePort()) };
  return runCli(folder.path, ['start'], { ...free, ...variables });
}

test('a ledger another daemon works on', async () => {
  expect(await start({ DATA_DIR: options.dataDir })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(`DATA_DIR ${options.dataDir} is in use by another daemon.`),
  });
});

test.each<[variable: 'PORT' | 'ADMIN_PORT', words: string]>([
  ['PORT', '(HOST, PORT)'],
  ['ADMIN_PORT', '(ADMIN_HOST, ADMIN_PORT)'],
])('a taken %s', async (variable, words) => {
  const port = variable === 'PORT' ? options.port : options.adminPort;
  const result = await start({ DATA_DIR: join(folder.path, variable), [variable]: String(port) });
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toContain(`Cannot listen on 127.0.0.1:${port} ${words}.`);
  expect(result.stderr).toContain('choose another port');
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('a data directory that is a file, and a ledger that is none', async () => {
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  expect(await start({ DATA_DIR: file })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is a file'),
  });
  const other = join(folder.path, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'hookline.db'), 'this was never a database, and it is long enough to say so');
  const result = await start({ DATA_DIR: other });
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toContain('SQLITE_NOTADB');
  expect(result.stderr).not.toMatch(/\n\s+at /);
});

test('a daemon that was killed leaves its ledger free for the next', async () => {
  await daemon.stop('SIGKILL');
  daemon = startHookline(options);
  await waitUntilUp(daemon, options);
});
