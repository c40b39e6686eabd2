import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { openLedger, waitUntilQuiet } from '../../support/watch-ledger.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { findFreePort } from '../../support/free-port.ts';
import { runCli } from '../../support/run-cli.ts';
import { startHookline, waitUntilUp } from '../../support/start-hookline.ts';
import type { RunningProcess } from '../../support/start-process.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

// Every command that looks, on one call, one refused request and one CRM that nobody answers.

jest.setTimeout(120_000);

const CONFIG = `sources:
  callab: { platform: callab, secrets: [the-right-secret] }
  forged: { platform: callab, secrets: [another-secret] }
destinations:
  sandbox: { type: sandbox }
integrations:
  - name: Keep the sandbox in step
    sources: [callab]
    actions: [{ sync: sandbox, task: { subject: '{{ outcomes.next_action }}' } }]
`;

const folder = createTempFolder('commands');
const SAMPLE = resolve('test/fixtures/callab/call_outcome_extracted.json');
let daemon: RunningProcess;
let variables: Record<string, string>;

const run = (...args: string[]) => runCli(folder.path, args, variables);

async function json(...args: string[]): Promise<JsonObject> {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout) as JsonObject;
}

async function quiet(): Promise<void> {
  const ledger = await openLedger(join(folder.path, 'data'));
  try {
    expect(await waitUntilQuiet(ledger, 30_000)).toBe(true);
  } finally {
    await ledger.close();
  }
}

beforeAll(async () => {
  mkdirSync(join(folder.path, 'config'));
  const config = join(folder.path, 'config/hookline.yaml');
  writeFileSync(config, CONFIG);
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  variables = { PORT: String(port), ADMIN_PORT: String(adminPort) };
  const options = { config, dataDir: join(folder.path, 'data'), port, adminPort };
  daemon = startHookline(options);
  await waitUntilUp(daemon, options);
  expect(await run('send', 'callab', SAMPLE)).toMatchObject({ code: 0, stdout: expect.stringContaining('200') });
  expect(await run('send', 'callab', SAMPLE)).toMatchObject({ code: 0, stdout: expect.stringContaining('200') });
  // Signed with the secret the command finds in its own config, which is not the daemon's.
  writeFileSync(config, CONFIG.replace('the-right-secret', 'a-wrong-secret'));
  expect(await run('send', 'callab', SAMPLE)).toMatchObject({ code: 1, stderr: expect.stringContaining('401') });
  writeFileSync(config, CONFIG);
  await quiet();
});

afterAll(async () => {
  await daemon.stop('SIGKILL');
  folder.remove();
});

test.each([
  [['calls'], ['call_5b81e2', '+12025550143', 'done']],
  [
    ['calls', 'show', 'call_5b81e2'],
    ['Call call_5b81e2 from callab', 'secret 1, 1 duplicate', 'contact created'],
  ],
  [['events'], ['callab', 'call.analyzed', 'call_5b81e2']],
  [
    ['events', 'refused'],
    ['401', 'signature_mismatch', '127.0.0.1'],
  ],
  [['runs'], ['sandbox', 'done']],
  [['runs', '--state', 'dead'], ['No runs in state dead.']],
  [['sandbox'], ['contact', 'call', 'task']],
  [['destinations'], ['sandbox', 'in use']],
  [
    ['check', '--live'],
    ['sandbox', 'ok'],
  ],
  [
    ['preview', 'callab', SAMPLE],
    ['already', 'Nothing was written.'],
  ],
])('hookline %j says what matters, and its lists fit 80 columns', async (args, words) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of words) expect(stdout).toContain(word);
  // One story in full may hold an id that is longer.
  const isList = !args.includes('show') && !args.includes('preview');
  expect(stdout.split('\n').filter((line) => isList && line.length > 80)).toEqual([]);
});

test('the shapes of --json', async () => {
  const { calls, next } = await json('calls');
  expect(next).toBeNull();
  expect(calls).toEqual([
    {
      call: expect.objectContaining({ provider_call_id: 'call_5b81e2', customer_number: '+12025550143' }),
      events: 1,
      runs: [expect.objectContaining({ state: 'done', destination: 'sandbox' })],
    },
  ]);
  expect(await json('events')).toEqual({ events: [expect.objectContaining({ duplicates: 1 })], next: null });
  expect(await json('events', 'refused')).toMatchObject({
    refusals: [{ source: 'callab', status: 401, cause: 'signature_mismatch' }],
    next: null,
  });
  expect(await json('runs')).toMatchObject({ runs: [{ providerCallId: 'call_5b81e2' }], pauses: [], next: null });
  expect(await json('destinations')).toEqual({ destinations: [{ name: 'sandbox', type: 'sandbox', pause: null }] });
  expect(await json('check')).toMatchObject({
    problems: [],
    sources: [{ name: 'callab', path: '/webhooks/callab' }, { name: 'forged' }],
    integrations: [{ name: 'Keep the sandbox in step', actions: [{ sync: 'sandbox' }] }],
  });
});

test('one run, one event, one record, each by its id', async () => {
  const { runs } = (await json('runs')) as { runs: readonly [{ run: { id: string } }] };
  expect((await run('runs', 'show', runs[0].run.id)).stdout).toContain('attempt 1');
  const { events } = (await json('events')) as { events: readonly [{ id: string }] };
  expect((await run('events', 'show', events[0].id)).stdout).toContain('"call_outcome_extracted"');
  const { records } = (await json('sandbox')) as { records: readonly { id: string; kind: string }[] };
  expect(records.map(({ kind }) => kind).toSorted()).toEqual(['call', 'contact', 'task']);
  expect((await run('sandbox', 'show', records[0]?.id ?? '')).stdout).toContain(records[0]?.id ?? 'a record');
});

test.each([
  [['calls', 'show', 'nobody'], 'There is no call "nobody".'],
  [['runs', 'show', 'nobody'], 'There is no run "nobody".'],
  [['events', 'show', 'nobody'], 'There is no event "nobody".'],
  [['calls', 'unjoin', 'nobody'], '"nobody" was not joined by heuristics'],
  [['replay', 'nobody'], 'Nothing to replay for "nobody"'],
])('hookline %j: exit 1 and why', async (args, said) => {
  expect(await run(...args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(said) });
});

test('what is not paused need not be resumed; what is not there cannot', async () => {
  expect((await run('destinations', 'resume', 'sandbox')).stdout).toContain('sandbox is not paused');
  expect(await run('destinations', 'resume', 'sandbx')).toMatchObject({
    code: 2,
    stderr: 'There is no destination "sandbx". Did you mean "sandbox"?\n',
  });
});

test('replay without saying what: wrong usage', async () => {
  expect(await run('replay')).toMatchObject({ code: 2, stderr: expect.stringContaining('Say what to replay') });
});

test('a replay runs again and changes nothing', async () => {
  const before = await json('sandbox');
  const replayed = await run('replay', 'call_5b81e2');
  expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining('1 run will be processed again.') });
  await quiet();
  expect(await json('sandbox')).toEqual(before);
});
