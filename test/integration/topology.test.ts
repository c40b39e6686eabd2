import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { startRestCrm, type RestCrm } from '../../src/torture/crm/rest-crm.ts';
import { startBalancer, type Balancer } from '../support/balancer.ts';
import { findFreePort } from '../support/free-port.ts';
import { startHookline, type HooklineOptions } from '../support/start-hookline.ts';
import { startMode, type RunningMode } from '../support/start-mode.ts';
import type { RunningProcess } from '../support/start-process.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { waitUntilQuiet } from '../support/watch-ledger.ts';

// The topology of docker-compose.yml as processes: two receivers behind a balancer, two workers, PostgreSQL, Redis, a CRM.

jest.setTimeout(300_000);

const SECRET = 'the-secret-of-the-topology';
const PERSONS = 40;
/** Enough to have requests in flight at every moment, and little enough for a small machine to bring out. */
const LANES = 3;
const PAUSE_MS = 30;

interface Member {
  readonly options: HooklineOptions;
  process: RunningProcess;
}

const folder = createTempFolder('topology');
const agent = new Agent({ keepAlive: true });
let mode: RunningMode;
let crm: RestCrm;
let balancer: Balancer;
const members: Member[] = [];

beforeAll(async () => {
  [mode, crm] = await Promise.all([startMode('scaled_out', folder.path), startRestCrm({ latencyMs: 5 })]);
  const config = join(folder.path, 'hookline.yaml');
  writeFileSync(config, configText(crm.url));
  for (const role of ['receiver', 'receiver', 'worker', 'worker'] as const) {
    const [port, adminPort] = [await findFreePort(), await findFreePort()];
    const variables = { ...mode.variables, DRAIN_SECONDS: '1' };
    const options = { config, dataDir: join(folder.path, 'unused'), port, adminPort, role, variables };
    members.push({ options, process: startHookline(options) });
  }
  await Promise.all(members.map(waitUntilReady));
  balancer = await startBalancer(receiverPorts());
  await waitUntil(() => balancer.healthy().length === 2, { what: 'both receivers in the balancer' });
});

afterAll(async () => {
  agent.destroy();
  await Promise.all(members.map(({ process }) => process.stop('SIGKILL')));
  await Promise.all([balancer?.stop(), crm?.close(), mode?.stop()]);
  folder.remove();
});

function configText(crmUrl: string): string {
  return `server: { rate_limit: { per_address: off } }
sources: { callab: { platform: callab, secrets: [${SECRET}] } }
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

function receiverPorts(): number[] {
  return members.filter(({ options }) => options.role === 'receiver').map(({ options }) => options.port);
}

/** A worker has no public port. */
async function waitUntilReady({ options, process }: Member): Promise<void> {
  const port = options.role === 'worker' ? options.adminPort : options.port;
  const what = `the ${options.role} to be ready`;
  await waitUntil(async () => process.hasExited() || (await isReady(port)), { what, timeoutMs: 60_000 });
  if (process.hasExited()) throw new Error(`it ended instead:\n${process.stdout()}${process.stderr()}`);
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

interface Sent {
  readonly callId: string;
  readonly status: number;
  readonly text: string;
}

/** Posts calls one after the other until `signal`; every answer is kept. */
async function send(lane: number, sent: Sent[], signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number += 1) {
    const callId = `call_${lane}_${number}`;
    sent.push({ callId, ...(await post(bodyOf(callId, (number * LANES + lane) % PERSONS))) });
    await pause(PAUSE_MS);
  }
}

function bodyOf(callId: string, person: number): string {
  return JSON.stringify({
    event: 'call_ended',
    timestamp: '2026-11-20T11:58:02Z',
    campaign: { id: 'camp_1', name: 'Autumn', type: 'outbound' },
    contact: { id: `cont_${person}`, phone: `+1202555${String(person).padStart(4, '0')}` },
    call: {
      id: callId,
      status: 'completed',
      duration: 60,
      start_time: '2026-11-20T11:57:02Z',
      end_time: '2026-11-20T11:58:02Z',
    },
    agent: { id: 'agent_1', name: 'Sales Agent' },
  });
}

/** As a platform posts: through the balancer, once, and no 200 is a failure. */
function post(body: string): Promise<{ status: number; text: string }> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-callab-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
  };
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port: balancer.port,
      path: '/webhooks/callab',
      method: 'POST',
      agent,
      headers,
    };
    const outgoing = request(options, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.once('error', (error) => resolve({ status: 0, text: String(error) }));
    });
    outgoing.once('error', (error) => resolve({ status: 0, text: String(error) }));
    outgoing.end(body);
  });
}

/** Stops in order, with work and webhooks under way, and comes back on the same ports. */
async function restart(member: Member): Promise<void> {
  expect(await member.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(member.process.stderr()).toBe('');
  member.process = startHookline(member.options);
  await waitUntilReady(member);
  await waitUntil(() => balancer.healthy().length === 2, { what: 'both receivers in the balancer' });
}

test('every process is restarted in turn under load: every webhook is answered 200, every call is in the CRM once', async () => {
  const sent: Sent[] = [];
  const stopping = new AbortController();
  const lanes = Array.from({ length: LANES }, (_, lane) => send(lane, sent, stopping.signal));
  for (const member of members) {
    const sentBefore = sent.length;
    await restart(member);
    expect(sent.length).toBeGreaterThan(sentBefore);
  }
  stopping.abort();
  await Promise.all(lanes);
  expect(sent.filter(({ status }) => status !== 200)).toEqual([]);

  const ledger = await mode.openLedger();
  expect(await waitUntilQuiet(ledger, 120_000)).toBe(true);
  const { runs } = await ledger.stats();
  await ledger.close();
  expect(runs).toMatchObject({ done: sent.length, dead: 0, held: 0 });
  const { calls, contacts } = crm.state();
  expect(calls).toHaveLength(sent.length);
  expect(new Set(calls.map(({ ref }) => ref))).toEqual(new Set(sent.map(({ callId }) => `callab/${callId}`)));
  expect(contacts).toHaveLength(Math.min(PERSONS, sent.length));
  expect(crm.duplicates()).toEqual([]);
});

test('Redis away: receivers stay ready and say so; what is posted is synced all the same', async () => {
  const [receiver] = members;
  if (receiver === undefined || mode.redis === undefined) throw new Error('there is no receiver or no Redis');
  await mode.redis.halt('hard');
  const readyz = async (): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${receiver.options.port}/readyz`);
    return { status: response.status, text: await response.text() };
  };
  await waitUntil(async () => (await readyz()).text.includes('away'), { what: 'the receiver to notice' });
  expect((await readyz()).status).toBe(200);
  expect((await post(bodyOf('call_without_redis', 1))).status).toBe(200);
  const isSynced = (): boolean => crm.state().calls.some(({ ref }) => ref === 'callab/call_without_redis');
  await waitUntil(isSynced, { what: 'the call in the CRM' });
  await mode.redis.start();
  await waitUntil(async () => (await readyz()).text.includes('"redis":"up"'), { what: 'Redis to be back' });
});

test('PostgreSQL away: not ready, alive, 503; ready again when it is back', async () => {
  const [receiver] = members;
  if (receiver === undefined || mode.postgres === undefined) throw new Error('there is no receiver or no PostgreSQL');
  const statusOf = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${receiver.options.port}${path}`)).status;
  await mode.postgres.halt('immediate');
  await waitUntil(async () => (await statusOf('/readyz')) === 503, { what: 'the receiver not to be ready' });
  expect(await statusOf('/healthz')).toBe(200);
  await mode.postgres.start();
  await waitUntil(async () => (await statusOf('/readyz')) === 200, {
    what: 'the receiver to be ready again',
    timeoutMs: 30_000,
  });
});
