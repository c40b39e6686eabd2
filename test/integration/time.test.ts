import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { startRestCrm, type RestCrm } from '../../src/torture/crm/rest-crm.ts';
import { findFreePort } from '../support/free-port.ts';
import { startHookline, waitUntilUp, type HooklineOptions } from '../support/start-hookline.ts';
import { startMode, type ModeName, type RunningMode } from '../support/start-mode.ts';
import type { RunningProcess } from '../support/start-process.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { waitUntilQuiet } from '../support/watch-ledger.ts';

// The daemon when time goes wrong: processes that stand still, hosts whose clock is set.

jest.setTimeout(180_000);

const SECRET = 'a-secret-of-some-length';
/** Debian's packages faketime and libfaketime. */
const LIBFAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

let folder: TempFolder;
let crm: RestCrm;
let mode: RunningMode;
const daemons: RunningProcess[] = [];

beforeEach(async () => {
  folder = createTempFolder('time');
  crm = await startRestCrm();
  writeFileSync(join(folder.path, 'hookline.yaml'), configText(crm.url));
});
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.stop('SIGKILL')));
  await mode.stop();
  await crm.close();
  folder.remove();
});

function configText(crmUrl: string): string {
  return `sources: { callab: { platform: callab, secrets: [${SECRET}] } }
destinations:
  crm:
    type: rest
    base_url: ${crmUrl}/api
    allow_private_networks: true
    auth: { type: bearer, token: rest-token }
    contact:
      strategy: find_or_create
      lookup: [{ path: /contacts, query: { phone: "{{ contact.phone }}" }, records: items, phones: phone }]
      create: { path: /contacts }
      update: { path: "/contacts/{{ id }}" }
      index_lag: 1ms
    call:
      strategy: find_or_create
      lookup: [{ path: /calls, query: { ref: "{{ key }}" }, records: items }]
      create: { path: /calls, body: { "...": "{{ fields }}", ref: "{{ key }}", contact_id: "{{ contact_id }}" } }
      update: { path: "/calls/{{ id }}" }
      index_lag: 1ms
integrations:
  - name: Keep the CRM in step
    trigger: [call.ended]
    actions: [{ sync: crm, contact: { match: [phone], fields: { phone: "{{ contact.phone }}" } } }]
`;
}

async function start(
  role: NonNullable<HooklineOptions['role']>,
  variables: Readonly<Record<string, string>> = {},
): Promise<HooklineOptions & { readonly process: RunningProcess }> {
  const options: HooklineOptions = {
    config: join(folder.path, 'hookline.yaml'),
    dataDir: join(folder.path, 'data'),
    port: await findFreePort(),
    adminPort: await findFreePort(),
    role,
    variables: { ...mode.variables, ...variables },
  };
  const process = startHookline(options);
  daemons.push(process);
  if (role !== 'worker') await waitUntilUp(process, options);
  return { ...options, process };
}

async function openMode(name: ModeName): Promise<void> {
  mode = await startMode(name, join(folder.path, 'data'));
}

async function post({ port }: Pick<HooklineOptions, 'port'>, number: number): Promise<void> {
  const body = JSON.stringify({
    event: 'call_ended',
    timestamp: '2026-11-20T11:58:02Z',
    contact: { id: `cont_${number}`, phone: `+1202555${String(number).padStart(4, '0')}` },
    call: { id: `call_${number}`, status: 'completed', duration: 60, end_time: '2026-11-20T11:58:02Z' },
  });
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/callab`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-callab-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
    },
    body,
  });
  expect(response.status).toBe(200);
}

async function settled(): Promise<void> {
  const ledger = await mode.openLedger();
  try {
    expect(await waitUntilQuiet(ledger, 60_000)).toBe(true);
  } finally {
    await ledger.close();
  }
}

const creates = (): number => crm.requests.filter(({ method }) => method === 'POST').length;

/** Lines of the log of all daemons so far. */
const logged = (event: string): number =>
  daemons.flatMap((daemon) => daemon.stdout().split(`"${event}"`).slice(1)).length;

test('a worker that stood still for longer than its lease writes nothing when it wakes', async () => {
  await openMode('postgres');
  crm.setLatency(1_000);
  const frozen = await start('all');
  await post(frozen, 1);
  // The search for the contact is under way; its answer will be read after the long sleep, and asks for a create.
  await waitUntil(() => crm.requestCount() === 1, { what: 'the first request' });
  process.kill(frozen.process.pid, 'SIGSTOP');
  await start('worker');
  await waitUntil(() => crm.state().calls.length === 1, { what: 'the heir to do the work', timeoutMs: 60_000 });
  await settled();
  expect(creates()).toBe(2);
  process.kill(frozen.process.pid, 'SIGCONT');
  await waitUntil(() => /"next":"lost"/.test(frozen.process.stdout()), { what: 'the sleeper to notice' });
  expect(creates()).toBe(2);
  expect(crm.duplicates()).toEqual([]);
  // And it works on.
  await post(frozen, 2);
  await waitUntil(() => crm.state().calls.length === 2, { what: 'the next call', timeoutMs: 30_000 });
  await settled();
});

test('a host whose clock is set an hour forward, and two hours back, does every call once and goes on', async () => {
  await openMode('embedded');
  const clockFile = join(folder.path, 'clock');
  writeFileSync(clockFile, '+0');
  crm.setLatency(300);
  const daemon = await start('all', {
    LD_PRELOAD: LIBFAKETIME,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });
  let calls = 0;
  for (const offset of ['+3600', '-3600', '+0']) {
    const before = crm.requestCount();
    for (let many = 0; many < 6; many += 1) await post(daemon, (calls += 1));
    await waitUntil(() => crm.requestCount() > before, { what: 'work to be under way' });
    writeFileSync(clockFile, offset);
    // What comes now is claimed beside the runs that are under way.
    for (let many = 0; many < 6; many += 1) await post(daemon, (calls += 1));
    await waitUntil(() => crm.state().calls.length === calls, { what: `${calls} calls`, timeoutMs: 30_000 });
  }
  await waitUntil(() => logged('run.attempted') === calls, { what: 'the last attempts to end' });
  expect(creates()).toBe(2 * calls);
  expect(crm.duplicates()).toEqual([]);
  expect(daemon.process.stdout()).not.toContain('"next":"lost"');
});

// `hookline torture --mode embedded --seed 201` ended with 205 runs that were due in an hour.
test('calls taken while the clock was an hour ahead do not wait for that hour after a restart at the right time', async () => {
  await openMode('embedded');
  const clockFile = join(folder.path, 'clock');
  writeFileSync(clockFile, '+3600');
  crm.setLatency(5_000);
  const ahead = await start('all', { LD_PRELOAD: LIBFAKETIME, FAKETIME_TIMESTAMP_FILE: clockFile });
  for (let number = 1; number <= 12; number += 1) await post(ahead, number);
  const ledger = await mode.openLedger();
  const areFolded = async (): Promise<boolean> => (await ledger.backlog()).pendingEvents === 0;
  await waitUntil(areFolded, { what: 'the fold' });
  await ahead.process.stop('SIGKILL');
  expect((await ledger.stats()).runs.done).toBe(0);
  await ledger.close();
  crm.setLatency(0);
  await start('all');
  await waitUntil(() => crm.state().calls.length === 12, { what: 'twelve calls in the CRM', timeoutMs: 60_000 });
  await settled();
  expect(crm.duplicates()).toEqual([]);
});

test('calls taken by a receiver whose clock is an hour ahead of the worker are not done an hour later', async () => {
  await openMode('embedded');
  const clockFile = join(folder.path, 'clock');
  writeFileSync(clockFile, '+3600');
  const ahead = await start('receiver', { LD_PRELOAD: LIBFAKETIME, FAKETIME_TIMESTAMP_FILE: clockFile });
  for (let number = 1; number <= 3; number += 1) await post(ahead, number);
  await start('worker');
  await waitUntil(() => crm.state().calls.length === 3, { what: 'three calls in the CRM', timeoutMs: 30_000 });
  await settled();
});
