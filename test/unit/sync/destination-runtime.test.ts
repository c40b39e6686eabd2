import { expect, test } from '@jest/globals';

import type { RequestContext } from '../../../src/destinations/destination.ts';
import type { Pause } from '../../../src/ledger/ledger.ts';
import type { HttpOutcome, HttpRequest } from '../../../src/shared/http-client.ts';
import {
  createDestinationRuntime,
  type DestinationRuntime,
  type OpenContext,
} from '../../../src/sync/destination-runtime.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger, createMemorySandboxStore, type MemoryLedger } from '../../support/memory-crm.ts';
import { createSandbox } from '../../support/sync-world.ts';

interface Opened {
  readonly runtime: DestinationRuntime;
  readonly clock: ManualClock;
  readonly ledger: MemoryLedger;
  readonly sent: HttpRequest[];
  answer: HttpOutcome;
}

function response(status: number, headers: Record<string, string> = {}): HttpOutcome {
  return { kind: 'response', response: { status, headers, body: 'answer to +12025550143' } };
}

function open(initial: Pause | null = null): Opened {
  const clock = createManualClock();
  const ledger = createMemoryLedger();
  const none = (): void => {};
  const opened: Partial<Opened> & { sent: HttpRequest[]; answer: HttpOutcome } = {
    clock,
    ledger,
    sent: [],
    answer: response(200),
  };
  const sandbox = createSandbox({ sandboxStore: createMemorySandboxStore() }, clock);
  const transport = {
    async send(request: HttpRequest): Promise<HttpOutcome> {
      opened.sent.push(request);
      return opened.answer;
    },
  };
  const runtime = createDestinationRuntime(
    {
      destination: { ...sandbox, transport, rate: { max_in_flight: 4, per: [{ n: 50, seconds: 1 }] } },
      http: transport,
      clock,
      after: (delayMs, run) => clock.after(delayMs, run),
      mask: { url: (url) => `masked ${url}`, body: (body) => `masked ${body}`, text: (text) => `masked ${text}` },
      ledger,
      logger: { debug: none, info: none, warn: none, error: none },
      metrics: { requestSent: none },
    },
    initial,
  );
  return Object.assign(opened, { runtime }) as Opened;
}

const REQUEST: HttpRequest = {
  method: 'POST',
  url: 'http://crm.test/contact',
  headers: {},
  body: '{}',
  timeoutMs: 1000,
};

const openContext = ({ runtime }: Opened, mode: 'live' | 'preview' = 'live'): OpenContext =>
  runtime.openContext({ mode, signal: new AbortController().signal });
const send = (opened: Opened): ReturnType<RequestContext['send']> =>
  openContext(opened).contextFor('write_contact').send(REQUEST, 'write');

async function breakIt(opened: Opened): Promise<void> {
  opened.answer = response(503);
  for (let count = 0; count < 5; count += 1) await send(opened);
}

test('a request is kept with its answer, masked', async () => {
  const opened = open();
  const { contextFor, requests } = openContext(opened);
  expect(await contextFor('write_contact').send(REQUEST, 'write')).toMatchObject({
    kind: 'response',
    response: { status: 200 },
  });
  expect(requests()).toEqual([
    {
      method: 'POST',
      url: 'masked http://crm.test/contact',
      effect: 'write',
      requestBody: 'masked {}',
      status: 200,
      responseBody: 'masked answer to +12025550143',
      error: null,
      startedAtMs: opened.clock.now(),
      durationMs: 0,
      operation: 'write_contact',
      waitedMs: 0,
    },
  ]);
});

test.each<[HttpOutcome, object]>([
  [
    { kind: 'not_sent', reason: 'connection refused' },
    { kind: 'retry', reason: 'connection refused' },
  ],
  [
    { kind: 'unknown', reason: 'timeout' },
    { kind: 'unknown', reason: 'timeout' },
  ],
  [
    { kind: 'not_sent', reason: '10.0.0.1 is private', refused: true },
    { kind: 'paused', reason: '10.0.0.1 is private', hint: expect.stringContaining('allow_private_networks: true') },
  ],
])('%j', async (answer, failure) => {
  const opened = open();
  opened.answer = answer;
  expect(await send(opened)).toEqual(failure);
});

test('in a preview a write is kept and not sent, a read is sent', async () => {
  const opened = open();
  const { contextFor, requests } = openContext(opened, 'preview');
  expect(await contextFor('write_contact').send(REQUEST, 'write')).toEqual({ kind: 'planned' });
  expect(opened.sent).toHaveLength(0);
  await contextFor('find').send({ ...REQUEST, method: 'GET' }, 'read');
  expect(opened.sent).toHaveLength(1);
  expect(requests().map(({ error }) => error)).toEqual(['masked not sent: preview', null]);
});

test('faults in a row pause the destination, visibly; an answer ends it', async () => {
  const opened = open();
  await breakIt(opened);
  await opened.runtime.settled();
  expect(await opened.ledger.pauses()).toMatchObject([{ destination: 'crm', untilMs: opened.clock.now() + 5000 }]);
  expect(opened.runtime.canRun(opened.clock.now())).toMatchObject({ ok: false });
  expect(await send(opened)).toMatchObject({ kind: 'paused', untilMs: opened.clock.now() + 5000 });
  expect(opened.sent).toHaveLength(5);
  opened.clock.advance(5000);
  opened.answer = response(404);
  expect(await send(opened)).toMatchObject({ kind: 'response' });
  await opened.runtime.settled();
  expect(await opened.ledger.pauses()).toEqual([]);
});

test('429 silences everybody for as long as it says', async () => {
  const opened = open();
  opened.answer = response(429, { 'retry-after': '30' });
  await send(opened);
  expect(await send(opened)).toMatchObject({ kind: 'retry', notBeforeMs: opened.clock.now() + 30_000 });
  expect(opened.sent).toHaveLength(1);
});

test('bad credentials hold everything until a person acts, also from another process', async () => {
  const opened = open();
  opened.runtime.pause({ kind: 'paused', reason: 'HTTP 401', hint: 'Check the token.' });
  opened.runtime.pause({ kind: 'paused', reason: 'HTTP 401' });
  await opened.runtime.refresh();
  expect(await opened.ledger.pauses()).toMatchObject([{ reason: 'HTTP 401', hint: 'Check the token.', untilMs: null }]);
  expect(opened.runtime.canRun(opened.clock.now())).toMatchObject({ ok: false, untilMs: null });
  await opened.ledger.clearPause('crm');
  await opened.runtime.refresh();
  expect(opened.runtime.canRun(opened.clock.now())).toEqual({ ok: true });
});

test('a pause that another process made holds here, and ends here when it ends there', async () => {
  const opened = open();
  await opened.runtime.refresh();
  const pause = { destination: 'crm', reason: 'HTTP 401', hint: null, sinceMs: 5, untilMs: null };
  await opened.ledger.savePause(pause);
  await opened.runtime.refresh();
  expect(opened.runtime.canRun(opened.clock.now())).toMatchObject({ ok: false, reason: 'HTTP 401' });
  // Of two that paused it the later word counts.
  await opened.ledger.savePause({ ...pause, reason: 'daily quota', untilMs: opened.clock.now() + 60_000 });
  await opened.runtime.refresh();
  expect(opened.runtime.canRun(opened.clock.now())).toMatchObject({ ok: false, reason: 'daily quota' });
  await opened.ledger.clearPause('crm');
  await opened.runtime.refresh();
  await opened.runtime.settled();
  expect(opened.runtime.canRun(opened.clock.now())).toEqual({ ok: true });
  expect(await opened.ledger.pauses()).toEqual([]);
});

test('after a restart: a pause with an end holds, one without is tried once', async () => {
  const pause = { destination: 'crm', reason: 'daily quota', hint: null, sinceMs: 0 };
  const until = Date.UTC(2026, 10, 21);
  expect(open({ ...pause, untilMs: until }).runtime.canRun(until - 1)).toMatchObject({ ok: false, untilMs: until });
  const opened = open({ ...pause, untilMs: null });
  expect(opened.runtime.canRun(opened.clock.now())).toEqual({ ok: true });
});

test('a rate that is used up says when there is room again, and so does a 429', async () => {
  const opened = open();
  const { contextFor } = opened.runtime.openContext({ mode: 'live', signal: new AbortController().signal });
  expect(opened.runtime.roomAtMs()).toBeLessThanOrEqual(opened.clock.now());
  for (let sent = 0; sent < 50; sent += 1) await contextFor('write_contact').send(REQUEST, 'write');
  expect(opened.runtime.roomAtMs()).toBe(opened.clock.now() + 1_000);
  opened.clock.advance(1_000);
  expect(opened.runtime.roomAtMs()).toBeLessThanOrEqual(opened.clock.now());
  opened.answer = response(429, { 'retry-after': '30' });
  await contextFor('write_contact').send(REQUEST, 'write');
  expect(opened.runtime.roomAtMs()).toBe(opened.clock.now() + 30_000);
});

test('a request for many passes once, is built when its turn has come, and each attempt keeps its own part', async () => {
  const opened = open();
  const [first, second] = [openContext(opened), openContext(opened)];
  const [one, two] = [first.contextFor('write_call'), second.contextFor('write_call')];
  const answer = await one.sendShared(() => Promise.resolve(REQUEST), 'write');
  if (answer.kind !== 'response') throw new Error(answer.kind);
  one.keep(answer.exchange, { requestBody: 'row 1', responseBody: 'result 1' });
  two.keep(answer.exchange, { requestBody: 'row 2', responseBody: null });
  expect(opened.sent).toHaveLength(1);
  expect(first.requests()).toMatchObject([
    { requestBody: 'masked row 1', responseBody: 'masked result 1', status: 200 },
  ]);
  expect(second.requests()).toMatchObject([
    { requestBody: 'masked row 2', responseBody: null, operation: 'write_call' },
  ]);
});

test('a request for many goes on when the run that sent it was interrupted', async () => {
  const opened = open();
  const interrupted = new AbortController();
  interrupted.abort();
  const { contextFor } = opened.runtime.openContext({ mode: 'live', signal: interrupted.signal });
  expect(await contextFor('find').sendShared(() => Promise.resolve(REQUEST), 'read')).toMatchObject({
    kind: 'response',
  });
});

test('a request for many is not sent when nothing is left to send, and tells every refusal', async () => {
  const opened = open();
  const context = openContext(opened).contextFor('find');
  expect(await context.sendShared(() => Promise.resolve(null), 'read')).toEqual({ kind: 'empty' });
  opened.answer = { kind: 'unknown', reason: 'reset' };
  expect(await context.sendShared(() => Promise.resolve(REQUEST), 'write')).toMatchObject({
    kind: 'failed',
    failure: { kind: 'unknown', reason: 'reset' },
  });
  expect(() =>
    openContext(opened, 'preview')
      .contextFor('find')
      .sendShared(() => Promise.resolve(REQUEST), 'read'),
  ).toThrow('preview');
});
