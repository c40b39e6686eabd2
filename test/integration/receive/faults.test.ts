import { afterEach, beforeEach, expect, test } from '@jest/globals';

import type { RecordedEvent } from '../../../src/ledger/ledger.ts';
import { SECRET, hmac, startTestReceiver, type TestReceiver } from '../../support/receiver.ts';
import { openTestLedger, type TestLedger } from '../../support/ledger.ts';
import { receivedSource } from '../../support/sources.ts';

const callab = receivedSource('callab', { platform: 'callab', secrets: [SECRET] });

let ledger: TestLedger;
let receiver: TestReceiver | null = null;

beforeEach(async () => {
  ledger = await openTestLedger();
});

afterEach(async () => {
  await receiver?.stop();
  await ledger.close();
});

/** A real ledger behind a gate: what it does is done, but nobody hears of it until the gate opens. */
function gated() {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const recordEvent = async (event: Parameters<TestLedger['recordEvent']>[0]): Promise<RecordedEvent> => {
    entered.resolve();
    const recorded = await ledger.recordEvent(event);
    await gate.promise;
    return recorded;
  };
  return { open: () => gate.resolve(), entered: entered.promise, recordEvent };
}

async function post(id: string): Promise<{ readonly status: number; readonly text: string }> {
  const body = `{"event":"call_ended","call":{"id":"${id}"}}`;
  const response = await fetch(`${receiver?.url}/webhooks/callab`, {
    method: 'POST',
    body,
    headers: { 'x-callab-signature': hmac(body) },
  });
  return { status: response.status, text: await response.text() };
}

test('a ledger that does not answer is 503 in time; the retry of an event that was kept after all is a duplicate', async () => {
  const hanging = gated();
  receiver = await startTestReceiver({
    sources: [callab],
    ledger: { recordEvent: hanging.recordEvent, recordRefusal: (refusal) => ledger.recordRefusal(refusal) },
    // Long enough for a busy disk to keep the retry in time.
    ledgerTimeoutMs: 300,
  });
  expect(await post('late')).toEqual({ status: 503, text: '{"ok":false,"error":"not stored, send again"}' });
  expect((await fetch(`${receiver.url}/readyz`)).status).toBe(503);
  expect(receiver.rings()).toBe(0);
  hanging.open();
  const retried = await post('late');
  expect(retried.status).toBe(200);
  expect(retried.text).toContain('"duplicate":true');
  expect(await ledger.events()).toHaveLength(1);
  expect((await fetch(`${receiver.url}/readyz`)).status).toBe(200);
});

test('a ledger that refuses is 503 at once and 200 again when it accepts', async () => {
  let refusing = true;
  receiver = await startTestReceiver({
    sources: [callab],
    ledger: {
      recordEvent: (event) =>
        refusing ? Promise.reject(new Error('database or disk is full')) : ledger.recordEvent(event),
      recordRefusal: (refusal) => ledger.recordRefusal(refusal),
    },
  });
  expect((await post('a')).status).toBe(503);
  expect(receiver.lines.join('')).toContain('database or disk is full');
  refusing = false;
  expect((await post('a')).status).toBe(200);
});

test('a fault nobody foresaw is 503, not a hanging request', async () => {
  const broken = {
    ...callab.adapter,
    verify: () => {
      throw new TypeError('broken');
    },
  };
  receiver = await startTestReceiver({ sources: [{ ...callab, adapter: broken }], ledger });
  expect((await post('a')).status).toBe(503);
  expect(receiver.lines.join('')).toContain('receive.failed');
});

test('stopping answers what is in flight, closes its connection, and takes nothing new', async () => {
  const slow = gated();
  receiver = await startTestReceiver({ sources: [callab], ledger: { ...ledger, recordEvent: slow.recordEvent } });
  const { port } = receiver;
  const inFlight = post('in-flight');
  await slow.entered;
  expect(receiver.inFlight()).toBe(1);
  const stopped = receiver.stop();
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed');
  slow.open();
  expect((await inFlight).status).toBe(200);
  await stopped;
  expect(receiver.inFlight()).toBe(0);
});

test('stopping does not wait for ever for a request that never ends', async () => {
  const never = gated();
  receiver = await startTestReceiver({
    sources: [callab],
    ledger: { ...ledger, recordEvent: never.recordEvent },
    graceMs: 10,
  });
  const lost = post('never').catch((error: Error) => error.message);
  await never.entered;
  await receiver.stop();
  expect(await lost).toBe('fetch failed');
  never.open();
});

test('a port that is taken is an error that names it', async () => {
  receiver = await startTestReceiver({ sources: [callab], ledger });
  await expect(startTestReceiver({ sources: [callab], ledger, port: receiver.port })).rejects.toThrow(
    `127.0.0.1:${receiver.port}`,
  );
});
