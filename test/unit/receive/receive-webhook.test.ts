import { createHash } from 'node:crypto';

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { HeaderLines, SourceAdapter, VerifiedRequest } from '../../../src/platforms/platform.ts';
import { createFindAddress } from '../../../src/receive/client-address.ts';
import { createInflateBody } from '../../../src/receive/inflate-body.ts';
import type { Limits } from '../../../src/receive/limits.ts';
import type { BodyOutcome } from '../../../src/receive/read-request-body.ts';
import {
  receiveWebhook,
  type IncomingWebhook,
  type ReceiveDependencies,
} from '../../../src/receive/receive-webhook.ts';
import type { ReceivedSource } from '../../../src/receive/received-source.ts';
import type { Refusal } from '../../../src/receive/refusals.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { parseCidrs, type Cidr } from '../../../src/shared/ip.ts';
import { createRecorder } from '../../support/recorder.ts';

const NOW_MS = 1_795_176_000_000;

/** Lets in what says `proof: good`; the call id stands in the body. */
const adapter: ReceivedSource['adapter'] = {
  verify(request) {
    const good = request.headers.some(([name, value]) => name === 'proof' && value === 'good');
    if (!good) return { kind: 'refused', cause: 'signature_mismatch' };
    return {
      kind: 'verified',
      request: { ...request, proof: 'secret 1', notes: ['a note'] } as unknown as VerifiedRequest,
    };
  },
  identify(body, { bodyHash }) {
    if (body.kind === 'empty')
      return { receiptKey: bodyHash, semanticKey: null, type: 'source.test', providerEvent: null, callId: null };
    const { id, boom } = (body.kind === 'json' ? body.value : {}) as { id?: string; boom?: boolean };
    if (boom === true) throw new TypeError('no such field');
    return {
      receiptKey: id ?? bodyHash,
      semanticKey: null,
      type: id === undefined ? 'unknown' : 'call.ended',
      providerEvent: 'ended',
      callId: id ?? null,
    };
  },
  keptHeaders: ['x-webhook-event'],
};

function cidrs(...entries: string[]): readonly Cidr[] {
  const parsed = parseCidrs(entries);
  return parsed.kind === 'ok' ? parsed.cidrs : [];
}

function source(overrides: Partial<ReceivedSource> = {}): ReceivedSource {
  return {
    name: 'shop',
    platform: 'callab',
    adapter,
    allowedCidrs: null,
    addressIsOnlyProof: false,
    maxBodyBytes: 1000,
    rateLimit: null,
    onInvalid: 'reject',
    ...overrides,
  };
}

const NO_LIMITS: Limits = {
  takeForAddress: async () => null,
  takeForSource: async () => null,
  takeForQuarantine: async () => null,
};

function setUp(options: { source?: Partial<ReceivedSource>; deps?: Partial<ReceiveDependencies> } = {}) {
  const recorder = createRecorder();
  const refused: Refusal[] = [];
  const rung: unknown[] = [];
  const ignore = (): void => undefined;
  const deps: ReceiveDependencies = {
    sources: new Map([['shop', source(options.source)]]),
    findAddress: createFindAddress([]),
    ledger: recorder,
    queue: { ring: (bell) => void rung.push(bell) },
    clock: { now: () => NOW_MS },
    hostClock: { now: () => NOW_MS },
    ids: createIds({ now: () => NOW_MS }),
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    metrics: { eventAnswered: ignore, acknowledged: ignore },
    health: { ledgerAccepted: ignore, ledgerRefused: ignore },
    limits: NO_LIMITS,
    inflateBody: createInflateBody(),
    refusals: { record: (refusal) => void refused.push(refusal) },
    ledgerTimeoutMs: 1000,
    ...options.deps,
  };
  return { deps, recorder, refused, rung };
}

interface Sent {
  readonly body?: string | Buffer;
  readonly headers?: HeaderLines;
  readonly source?: string;
  readonly from?: string;
  readonly outcome?: BodyOutcome;
}

function incoming({
  body = '{"id":"c1"}',
  headers = [['proof', 'good']],
  source: name = 'shop',
  from = '192.0.2.1',
  outcome,
}: Sent = {}): IncomingWebhook {
  return {
    method: 'POST',
    url: `/webhooks/${name}`,
    source: name,
    pathToken: null,
    headers,
    socketAddress: from,
    readBody: async () => outcome ?? { kind: 'body', bytes: Buffer.from(body) },
  };
}

test('a verified request is kept raw and whole, the bell rings, the answer names the event', async () => {
  const { deps, recorder, rung } = setUp();
  const body = '{ "id":"c1" }\n';
  const answer = await receiveWebhook(
    deps,
    incoming({
      body,
      headers: [
        ['proof', 'good'],
        ['X-Webhook-Event', 'ended'],
        ['Content-Type', 'application/json'],
      ],
    }),
  );
  const [event] = recorder.events;
  expect(answer).toEqual({ status: 200, body: `{"ok":true,"id":"${event?.id}","duplicate":false}` });
  expect(event).toEqual({
    id: expect.stringMatching(/^evt_/),
    source: 'shop',
    platform: 'callab',
    receivedAtMs: NOW_MS,
    body: Buffer.from(body),
    bodyHash: createHash('sha256').update(body).digest('hex'),
    contentType: 'application/json',
    headers: [
      ['X-Webhook-Event', 'ended'],
      ['Content-Type', 'application/json'],
    ],
    proof: 'secret 1',
    notes: ['a note'],
    state: 'pending',
    receiptKey: 'c1',
    semanticKey: null,
    type: 'call.ended',
    providerEvent: 'ended',
    callId: 'c1',
  });
  expect(rung).toEqual([{ kind: 'event' }]);
});

test('a duplicate is answered 200 with the id of its first delivery, and nobody is woken', async () => {
  const { deps, recorder, rung } = setUp();
  await receiveWebhook(deps, incoming());
  const again = await receiveWebhook(deps, incoming());
  expect(again).toEqual({ status: 200, body: `{"ok":true,"id":"${recorder.events[0]?.id}","duplicate":true}` });
  expect(rung).toHaveLength(1);
});

test.each([
  ['{"event":', 'unparseable'],
  [Buffer.from([0x7b, 0xff, 0x7d]), 'unparseable'],
  ['', 'no_call'],
  ['{"hello":"world"}', 'no_call'],
  ['{"id":"c1"}', 'pending'],
] as const)('an authentic body %j is kept as %s and answered 200', async (body, state) => {
  const { deps, recorder } = setUp();
  expect(await receiveWebhook(deps, incoming({ body }))).toMatchObject({ status: 200 });
  expect(recorder.events[0]?.state).toBe(state);
});

test('a fault in an adapter does not cost the event', async () => {
  const { deps, recorder } = setUp();
  expect(await receiveWebhook(deps, incoming({ body: '{"boom":true}' }))).toMatchObject({ status: 200 });
  expect(recorder.events[0]).toMatchObject({ state: 'unparseable', type: 'unknown', callId: null });
  expect(recorder.events[0]?.notes.join()).toContain('TypeError: no such field');
});

test('a wrong proof and an unknown source get the same answer; only the record knows', async () => {
  const { deps, refused } = setUp();
  const wrong = await receiveWebhook(deps, incoming({ headers: [] }));
  const unknown = await receiveWebhook(deps, incoming({ source: 'nope', headers: [] }));
  const unknownWithProof = await receiveWebhook(deps, incoming({ source: 'nope' }));
  expect(wrong).toEqual({ status: 401, body: '{"ok":false,"error":"unauthorized"}' });
  expect(unknown).toEqual(wrong);
  expect(unknownWithProof).toEqual(wrong);
  expect(refused.map(({ cause, known }) => [cause, known])).toEqual([
    ['signature_mismatch', true],
    ['unknown_source', false],
    ['unknown_source', false],
  ]);
});

test('an unknown source is verified like a known one, to take the same time', async () => {
  let verified = 0;
  const counting = {
    ...adapter,
    verify: (...args: Parameters<SourceAdapter['verify']>) => ((verified += 1), adapter.verify(...args)),
  };
  const { deps } = setUp({ source: { adapter: counting } });
  await receiveWebhook(deps, incoming({ source: 'nope' }));
  expect(verified).toBe(1);
});

test('without any source everything is unauthorized', async () => {
  const { deps } = setUp({ deps: { sources: new Map() } });
  expect(await receiveWebhook(deps, incoming())).toMatchObject({ status: 401 });
});

test('an address off the list is 403 with a good proof and 401 without: who proves nothing learns nothing', async () => {
  const { deps, recorder } = setUp({ source: { allowedCidrs: cidrs('198.51.100.0/24') } });
  expect(await receiveWebhook(deps, incoming())).toMatchObject({ status: 403 });
  expect(await receiveWebhook(deps, incoming({ headers: [] }))).toMatchObject({ status: 401 });
  expect(await receiveWebhook(deps, incoming({ from: '::ffff:198.51.100.7' }))).toMatchObject({ status: 200 });
  expect(recorder.events).toHaveLength(1);
});

test('where the address is the only proof, an address off the list is answered like a source that is none', async () => {
  const { deps } = setUp({ source: { allowedCidrs: cidrs('198.51.100.0/24'), addressIsOnlyProof: true } });
  const stranger = await receiveWebhook(deps, incoming());
  expect(stranger).toEqual(await receiveWebhook(deps, incoming({ source: 'nobody' })));
  expect(stranger).toMatchObject({ status: 401 });
});

test('limits answer 429 with the time to wait, before reading and after verifying', async () => {
  const early = setUp({ deps: { limits: { ...NO_LIMITS, takeForAddress: async () => 7 } } });
  expect(await receiveWebhook(early.deps, incoming())).toMatchObject({ status: 429, retryAfterSeconds: 7 });
  const late = setUp({ deps: { limits: { ...NO_LIMITS, takeForSource: async () => 9 } } });
  expect(await receiveWebhook(late.deps, incoming())).toMatchObject({ status: 429, retryAfterSeconds: 9 });
  expect(await receiveWebhook(late.deps, incoming({ headers: [] }))).toMatchObject({ status: 401 });
});

test.each([
  [{ kind: 'too_large', bytes: 1001 }, 413, 'body_too_large'],
  [{ kind: 'timed_out', bytes: 3 }, 503, 'body_too_slow'],
  [{ kind: 'overloaded', bytes: 0 }, 503, 'too_many_bodies'],
] as const)('a body that is %j is answered %i', async (outcome, status, cause) => {
  const { deps, refused } = setUp();
  expect(await receiveWebhook(deps, incoming({ outcome }))).toMatchObject({ status });
  expect(refused).toMatchObject([{ cause, bodyBytes: outcome.bytes, body: null }]);
});

test('a sender who hung up gets no answer and leaves nothing behind', async () => {
  const { deps, recorder, refused } = setUp();
  expect(await receiveWebhook(deps, incoming({ outcome: { kind: 'aborted', bytes: 3 } }))).toBeNull();
  expect([recorder.events, refused]).toEqual([[], []]);
});

test('a ledger that refuses or hangs is 503 and takes readiness away; nothing was acknowledged', async () => {
  const health: string[] = [];
  const deps = {
    health: { ledgerAccepted: () => void health.push('accepted'), ledgerRefused: () => void health.push('refused') },
  };
  const refusing = setUp({ deps: { ...deps, ledger: { recordEvent: () => Promise.reject(new Error('disk full')) } } });
  expect(await receiveWebhook(refusing.deps, incoming())).toEqual({
    status: 503,
    body: '{"ok":false,"error":"not stored, send again"}',
  });
  expect(refusing.refused).toMatchObject([{ cause: 'ledger_refused' }]);
  const hanging = setUp({
    deps: { ...deps, ledgerTimeoutMs: 1, ledger: { recordEvent: () => new Promise<never>(() => undefined) } },
  });
  expect(await receiveWebhook(hanging.deps, incoming())).toMatchObject({ status: 503 });
  expect(hanging.refused).toMatchObject([{ cause: 'ledger_timeout' }]);
  expect([refusing.rung, hanging.rung]).toEqual([[], []]);
  expect(health).toEqual(['refused', 'refused']);
});

test('quarantine answers 200 and keeps the body unprocessed, under a key no real delivery can have', async () => {
  const { deps, recorder, rung } = setUp({ source: { onInvalid: 'quarantine' } });
  const forged = await receiveWebhook(deps, incoming({ headers: [] }));
  expect(forged).toMatchObject({ status: 200 });
  expect(recorder.events[0]).toMatchObject({
    state: 'quarantined',
    type: 'unknown',
    callId: null,
    proof: 'none (signature_mismatch)',
  });
  expect(recorder.events[0]?.receiptKey).toMatch(/^quarantine:/);
  expect(rung).toEqual([]);
  const real = await receiveWebhook(deps, incoming());
  expect(real?.body).toContain('"duplicate":false');
});

test('quarantine is bounded, and closed to addresses off the list', async () => {
  const full = setUp({
    source: { onInvalid: 'quarantine' },
    deps: { limits: { ...NO_LIMITS, takeForQuarantine: async () => 5 } },
  });
  expect(await receiveWebhook(full.deps, incoming({ headers: [] }))).toMatchObject({ status: 429 });
  const elsewhere = setUp({ source: { onInvalid: 'quarantine', allowedCidrs: cidrs('198.51.100.0/24') } });
  expect(await receiveWebhook(elsewhere.deps, incoming({ headers: [] }))).toMatchObject({ status: 401 });
  expect([full.recorder.events, elsewhere.recorder.events]).toEqual([[], []]);
});

test('property: whatever unverified requests claim, no verified delivery is taken for a duplicate of them', async () => {
  const delivery = fc.record({ id: fc.constantFrom('a', 'b', 'quarantine:a'), proven: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(delivery, { maxLength: 20 }),
      fc.constantFrom('reject', 'quarantine'),
      async (deliveries, onInvalid) => {
        const { deps, recorder } = setUp({ source: { onInvalid } });
        for (const { id, proven } of deliveries) {
          await receiveWebhook(
            deps,
            incoming({ body: JSON.stringify({ id }), headers: proven ? [['proof', 'good']] : [] }),
          );
        }
        const proven = new Set(deliveries.filter((each) => each.proven).map(({ id }) => id));
        const kept = recorder.events.filter(({ state }) => state === 'pending').map(({ callId }) => callId);
        expect(new Set(kept)).toEqual(proven);
        expect(kept).toHaveLength(proven.size);
      },
    ),
  );
});

test.each([
  { sentAtMs: NOW_MS, hostMs: NOW_MS, status: 200 },
  { sentAtMs: NOW_MS, hostMs: NOW_MS + 3_600_000, status: 200 },
  { sentAtMs: NOW_MS + 3_600_000, hostMs: NOW_MS + 3_600_000, status: 200 },
  { sentAtMs: NOW_MS - 3_600_000, hostMs: NOW_MS, status: 401 },
  { sentAtMs: NOW_MS - 3_600_000, hostMs: NOW_MS + 3_600_000, status: 401 },
])('in time by the steady clock or by the host is in time: %j', async ({ sentAtMs, hostMs, status }) => {
  const timed: ReceivedSource['adapter'] = {
    ...adapter,
    verify: (request, nowMs) =>
      Math.abs(nowMs - sentAtMs) <= 300_000
        ? adapter.verify(request, nowMs)
        : { kind: 'refused', cause: 'timestamp_out_of_tolerance' },
  };
  const { deps } = setUp({ source: { adapter: timed }, deps: { hostClock: { now: () => hostMs } } });
  expect(await receiveWebhook(deps, incoming())).toMatchObject({ status });
});
