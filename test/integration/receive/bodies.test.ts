import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import {
  SECRET,
  exchange,
  hmac,
  startTestReceiver,
  type TestReceiver,
  type TestReceiverOptions,
} from '../../support/receiver.ts';
import { openTestLedger, type TestLedger } from '../../support/ledger.ts';
import { receivedSource } from '../../support/sources.ts';

const BODY = '{"event":"call_ended","call":{"id":"c1"}}';
const callab = receivedSource('callab', { platform: 'callab', secrets: [SECRET] }, { maxBodyBytes: 100_000 });

let ledger: TestLedger;
const receivers: TestReceiver[] = [];

beforeEach(async () => {
  ledger = await openTestLedger();
});

afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  await ledger.close();
});

async function start(options: Partial<TestReceiverOptions> = {}): Promise<TestReceiver> {
  const receiver = await startTestReceiver({ sources: [callab], ledger, ...options });
  receivers.push(receiver);
  return receiver;
}

async function post(receiver: TestReceiver, body: Buffer, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${receiver.url}/webhooks/callab`, { method: 'POST', body, headers });
  await response.text();
  return response.status;
}

function head(...lines: string[]): string {
  return ['POST /webhooks/callab HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n');
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function statusOf(answer: string): string {
  return answer.slice(9, 12);
}

test('trap 14: the signature covers what the sender compressed, or the compressed bytes', async () => {
  const receiver = await start();
  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const) {
    const inner = `{"event":"call_ended","call":{"id":"${encoding}"}}`;
    const outer = `{"event":"call_ended","call":{"id":"${encoding}-wire"}}`;
    expect(
      await post(receiver, compress(inner), { 'content-encoding': encoding, 'x-callab-signature': hmac(inner) }),
    ).toBe(200);
    const wire = compress(outer);
    expect(await post(receiver, wire, { 'content-encoding': encoding, 'x-callab-signature': hmac(wire) })).toBe(200);
    expect(await post(receiver, wire, { 'content-encoding': encoding, 'x-callab-signature': hmac('else') })).toBe(401);
  }
  const events = await ledger.events();
  expect(new Set(events.map(({ callId }) => callId))).toEqual(
    new Set(['br', 'br-wire', 'deflate', 'deflate-wire', 'gzip', 'gzip-wire']),
  );
  expect(events.every(({ body }) => body.toString('utf8').startsWith('{"event"'))).toBe(true);
});

test('trap 14: a bomb is 413, an unknown encoding and broken bytes are 415', async () => {
  const receiver = await start();
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  expect(bomb.length).toBeLessThan(100_000);
  expect(await post(receiver, bomb, { 'content-encoding': 'gzip', 'x-callab-signature': hmac(bomb) })).toBe(413);
  expect(
    await post(receiver, Buffer.from(BODY), { 'content-encoding': 'zstd', 'x-callab-signature': hmac(BODY) }),
  ).toBe(415);
  expect(
    await post(receiver, Buffer.from(BODY), { 'content-encoding': 'gzip', 'x-callab-signature': hmac(BODY) }),
  ).toBe(415);
  expect(await ledger.events()).toHaveLength(0);
});

test('trap 15: a chunked body without a length is read to its end', async () => {
  const receiver = await start();
  const answer = await exchange(receiver.port, [
    head('Transfer-Encoding: chunked', 'Connection: close', `X-Callab-Signature: ${hmac(BODY)}`),
    ...[BODY.slice(0, 7), BODY.slice(7, 20), BODY.slice(20)].map(chunk),
    '0\r\n\r\n',
  ]);
  expect(statusOf(answer)).toBe('200');
  expect((await ledger.events())[0]?.body.toString('utf8')).toBe(BODY);
});

test('trap 15: a chunked body is counted, and refused where the limit is, before its end', async () => {
  const receiver = await start();
  const answer = await firstAnswer(receiver.port, [
    head('Transfer-Encoding: chunked'),
    ...Array.from({ length: 11 }, () => chunk('x'.repeat(10_000))),
  ]);
  expect(statusOf(answer)).toBe('413');
});

test('a body over the limit is refused so that a sender who first sends everything reads the answer', async () => {
  const receiver = await start();
  const body = Buffer.alloc(3_000_000, 'x');
  const answer = await exchange(receiver.port, [
    head(`Content-Length: ${body.length}`),
    body,
    head(`Content-Length: ${BODY.length}`, 'Connection: close', `X-Callab-Signature: ${hmac(BODY)}`),
    BODY,
  ]);
  expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
});

test('a body exactly at the limit passes', async () => {
  const receiver = await start();
  const body = Buffer.alloc(100_000, ' ');
  expect(await post(receiver, body, { 'x-callab-signature': hmac(body) })).toBe(200);
});

test('slowloris: a body that does not come is answered 503 after the time it has, and nothing is kept', async () => {
  const receiver = await start({ bodyTimeoutMs: 30 });
  const answer = await firstAnswer(receiver.port, [head('Content-Length: 100'), '{"event":']);
  expect(statusOf(answer)).toBe('503');
  expect(await ledger.refusals(1)).toMatchObject([
    { cause: 'body_too_slow', status: 503, bodyBytes: 9, bodyHash: null },
  ]);
  expect(await ledger.events()).toHaveLength(0);
});

test('a sender who hangs up in the middle harms nobody', async () => {
  const receiver = await start();
  await new Promise<void>((resolve) => {
    const socket = connect(receiver.port, '127.0.0.1', () => {
      socket.write(head('Content-Length: 100') + '{"event":', () => socket.destroy());
    });
    socket.on('close', () => resolve());
  });
  expect(await post(receiver, Buffer.from(BODY), { 'x-callab-signature': hmac(BODY) })).toBe(200);
  expect(await ledger.events()).toHaveLength(1);
});

test('several requests on one connection are answered in order', async () => {
  const receiver = await start();
  const signature = `X-Callab-Signature: ${hmac(BODY)}`;
  const answer = await exchange(receiver.port, [
    head(`Content-Length: ${BODY.length}`, signature),
    BODY,
    head(`Content-Length: ${BODY.length}`),
    BODY,
    head(`Content-Length: ${BODY.length}`, signature, 'Connection: close'),
    BODY,
  ]);
  expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 401', 'HTTP/1.1 200']);
  expect(answer).toContain('"duplicate":true');
});

/** What comes back first, without waiting for the other side to close. */
function firstAnswer(port: number, chunks: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('latin1');
    socket.once('data', (text: string) => {
      socket.destroy();
      resolve(text);
    });
    socket.on('error', reject);
    for (const part of chunks) socket.write(part);
  });
}
