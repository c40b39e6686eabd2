import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, jest, test } from '@jest/globals';

import { edited, SMALL_CONFIG } from '../../support/check-config.ts';
import { runCli, type CliResult } from '../../support/run-cli.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

// `hookline check` as a process: exit codes, what goes where, and where `${NAME}` comes from.

jest.setTimeout(60_000);

const root = createTempFolder('check');
let folders = 0;

afterAll(() => root.remove());

/** A folder of its own with a config and, perhaps, a `.env`. */
function folderWith(config: string | null, env?: string): string {
  folders += 1;
  const folder = join(root.path, String(folders));
  mkdirSync(join(folder, 'config'), { recursive: true });
  if (config !== null) writeFileSync(join(folder, 'config/hookline.yaml'), config);
  if (env !== undefined) writeFileSync(join(folder, '.env'), env);
  return folder;
}

function check(
  folder: string,
  variables: Readonly<Record<string, string>> = {},
  ...options: string[]
): Promise<CliResult> {
  return runCli(folder, ['check', ...options], variables);
}

test('a right config: exit 0 and what it comes to', async () => {
  const result = await check(folderWith(SMALL_CONFIG));
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain('callab (callab) at /webhooks/callab\n               proof: HMAC-SHA256');
  expect(result.stdout).toContain('destination  crm (rest)');
  expect(result.stdout).toContain('The config is right.');
});

test('what works and is worth a second look is a warning at its source', async () => {
  const source = {
    platform: 'custom',
    secrets: ['0123456789abcdef0123456789abcdef'],
    signature: { header: 'X-Signature' },
    event: { default: 'call.ended' },
    call_id: 'id',
    receipt_key: { join: [{ header: 'X-Delivery' }] },
    fields: {},
  };
  const result = await check(folderWith(JSON.stringify({ sources: { dialler: source } })));
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout.replaceAll(/\s+/g, ' ')).toContain('warning: receipt_key reads the header x-delivery, which');
});

test('a wrong one: exit 2, every problem on standard error as file:line:column, in the order of the file', async () => {
  const config = edited('secrets:', 'secretz:')
    .replace('strategy: put', 'strategy: pt')
    .replace('sync: sandbox', 'sink: x');
  const result = await check(folderWith(config));
  expect(result).toEqual({
    code: 2,
    stdout: '',
    stderr: [
      'config/hookline.yaml:4:5  sources.callab: unknown key "secretz". Did you mean "secrets"?',
      'config/hookline.yaml:13:17  destinations.crm.call.strategy: "pt" must be put, upsert, create, find_or_create, find_then_update or append. Did you mean "put"?',
      'config/hookline.yaml:19:9  integrations[0].actions[0]: unknown key "sink". Did you mean "sync"?',
      '3 problems in config/hookline.yaml.',
      '',
    ].join('\n'),
  });
});

test('--json prints the same to scripts, and exits 2 too', async () => {
  const { code, stdout } = await check(folderWith(edited('sync: sandbox', 'sync: sandbx')), {}, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    file: 'config/hookline.yaml',
    problems: [
      {
        file: 'config/hookline.yaml',
        position: { line: 19, column: 15 },
        message: 'integrations[0].actions[0].sync: there is no destination "sandbx". Did you mean "sandbox"?',
      },
    ],
  });
});

test('no config: what to do about it', async () => {
  expect(await check(folderWith(null))).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'config/hookline.yaml:1:1  there is no such file. `npm run hookline -- init` writes one, or set HOOKLINE_CONFIG.\n1 problem in config/hookline.yaml.\n',
  });
});

const WITH_REFERENCE = edited("['s3cret-of-some-length']", "['${CALLAB_SECRET}']");

test('a name that is set nowhere is a problem; .env sets it; the environment goes before .env', async () => {
  const nowhere = await check(folderWith(WITH_REFERENCE));
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('CALLAB_SECRET is not set') });
  expect(await check(folderWith(WITH_REFERENCE, 'CALLAB_SECRET=from-the-file\n'))).toMatchObject({ code: 0 });
  const both = folderWith(edited('platform: callab', 'platform: ${PLATFORM}'), 'PLATFORM=atoms\n');
  expect(await check(both)).toMatchObject({ code: 0, stdout: expect.stringContaining('callab (atoms)') });
  expect(await check(both, { PLATFORM: 'callttone' })).toMatchObject({
    stdout: expect.stringContaining('(callttone)'),
  });
});

test('an environment that is wrong: exit 2, every problem', async () => {
  const result = await check(folderWith(SMALL_CONFIG), { PORT: 'eighty', LOG_LEVEL: 'loud' });
  expect(result).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'environment variable PORT="eighty": must be a whole number from 0 to 65535\nenvironment variable LOG_LEVEL="loud": must be debug, info, warn or error\n',
  });
});

test('no command prints a secret that came from the environment', async () => {
  const folder = folderWith(
    WITH_REFERENCE.replace('base_url: https://crm.example.com', "base_url: '${CALLAB_SECRET}'"),
    'CALLAB_SECRET=hunter2-is-no-url\n',
  );
  for (const args of [['check'], ['check', '--json'], ['preview', 'callab', 'x.json'], ['start']]) {
    const { code, stdout, stderr } = await runCli(folder, args);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('hunter2');
  }
});
