import { readFileSync } from 'node:fs';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import type { ReceivedSource } from '../../../src/receive/received-source.ts';
import { parseCidrs } from '../../../src/shared/ip.ts';
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

const TOKEN = 'k7Qd0vXh2mW9sB4tYzR1aE';
const UNAUTHORIZED = '{"ok":false,"error":"unauthorized"}';
const ENDED = readFileSync(new URL('../../fixtures/callab/call_ended.json', import.meta.url));
const callab = receivedSource('callab', { platform: 'callab', secrets: [SECRET] });
const tracking = receivedSource('tracking', { platform: 'callscaler', token: TOKEN });

let ledger: TestLedger;
const receivers: TestReceiver[] = [];

beforeEach(async () => {
  ledger = await openTestLedger();
});

afterEach(async () => {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  await ledger.close();
});

async function start(
  sources: readonly ReceivedSource[] = [callab, tracking],
  options: Partial<TestReceiverOptions> = {},
) {
  const receiver = await startTestReceiver({ sources, ledger, ...options });
  receivers.push(receiver);
  return receiver;
}

async function post(receiver: TestReceiver, path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${receiver.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function postSigned(receiver: TestReceiver, body: string | Buffer, headers: Record<string, string> = {}) {
  return post(receiver, '/webhooks/callab', body, { 'x-callab-signature': hmac(body), ...headers });
}

test('200 means kept: the raw bytes, their hash, the proof, and a ring of the bell', async () => {
  const receiver = await start();
  const answer = await postSigned(receiver, ENDED, { 'user-agent': 'Callab-Webhooks/1.0' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  const { ok, id, duplicate } = JSON.parse(answer.text) as { ok: boolean; id: string; duplicate: boolean };
  expect({ ok, duplicate }).toEqual({ ok: true, duplicate: false });
  const [event] = await ledger.events();
  expect(event).toMatchObject({ id, source: 'callab', platform: 'callab', state: 'pending', proof: 'secret 1' });
  expect(event?.body.equals(ENDED)).toBe(true);
  expect(event?.headers).toContainEqual(['user-agent', 'Callab-Webhooks/1.0']);
  expect(JSON.stringify(event?.headers)).not.toContain(hmac(ENDED));
  expect(receiver.rings()).toBe(1);
});

test('fifty identical deliveries at once are one event; all are answered 200 with its id', async () => {
  const receiver = await start();
  const answers = await Promise.all(Array.from({ length: 50 }, () => postSigned(receiver, ENDED)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  const bodies = answers.map(({ text }) => JSON.parse(text) as { id: string; duplicate: boolean });
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
  expect(bodies.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  expect(await ledger.events()).toHaveLength(1);
});

test('a path token lets in, percent-encoded or not; a wrong one and none do not', async () => {
  const receiver = await start();
  const encoded = Buffer.from(TOKEN).toString('hex').replaceAll(/../g, '%$&');
  expect((await post(receiver, `/webhooks/tracking/${TOKEN}`, '{"call_id":"1"}')).status).toBe(200);
  expect((await post(receiver, `/webhooks/tracking/${encoded}`, '{"call_id":"2"}')).status).toBe(200);
  expect((await post(receiver, `/webhooks/tracking/${TOKEN}x`, '{"call_id":"3"}')).status).toBe(401);
  expect((await post(receiver, '/webhooks/tracking', '{"call_id":"4"}')).status).toBe(401);
  expect(await ledger.events()).toHaveLength(2);
});

/**
 * A path that needs no decoding is answered in front of Express (docs/decisions/0013), any other spelling behind it. Nobody
 * may be let in, or told more, by one than by the other.
 */
test('however its path is spelled, a webhook is accepted and refused alike', async () => {
  const receiver = await start();
  const spellings = (source: string) => [
    `/webhooks/${source}`,
    `/webhooks/${source}/`,
    `/webhooks/${source}?a=1`,
    `/Webhooks/${source}`,
    `/webhooks/%${source.charCodeAt(0).toString(16)}${source.slice(1)}`,
    `http://hookline.example/webhooks/${source}`,
  ];
  const send = async (target: string, signature: string) => {
    const head = `POST ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    const lines = `X-Callab-Signature: ${signature}\r\nContent-Length: ${ENDED.length}\r\n\r\n`;
    const answer = await exchange(receiver.port, [head + lines, ENDED]);
    return answer.replace(/^Date: .*$/m, '');
  };
  const answersTo = async (source: string, signature: string) =>
    new Set(await Promise.all(spellings(source).map((target) => send(target, signature))));
  // All that follow are duplicates of this one, and their answers equal to the byte.
  await postSigned(receiver, ENDED);
  expect([...(await answersTo('callab', hmac(ENDED)))]).toEqual([expect.stringMatching(/^HTTP\/1.1 200 OK\r\n/)]);
  const refused = [await answersTo('callab', hmac(ENDED, 'other')), await answersTo('nobody', hmac(ENDED))];
  expect([...new Set(refused.flatMap((answers) => [...answers]))]).toEqual([
    expect.stringMatching(/^HTTP\/1.1 401 Unauthorized\r\n/),
  ]);
  expect(await ledger.events()).toHaveLength(1);
});

test('trap 26: every failure to prove oneself looks the same; the reason is in the log and in the ledger only', async () => {
  const receiver = await start();
  const failures = [
    await post(receiver, '/webhooks/callab', ENDED),
    await post(receiver, '/webhooks/callab', ENDED, { 'x-callab-signature': hmac(ENDED, 'other') }),
    await post(receiver, '/webhooks/callab', ENDED, { 'x-callab-signature': 'not hex' }),
    await post(receiver, '/webhooks/tracking/guess', ENDED),
    await post(receiver, '/webhooks/nobody', ENDED),
    await post(receiver, '/webhooks/nobody/guess', ENDED),
    await post(receiver, '/webhooks/__proto__', ENDED),
  ];
  const shown = failures.map(({ status, text, headers }) => {
    const visible = Object.fromEntries([...headers].filter(([name]) => name !== 'date'));
    return JSON.stringify({ status, text, visible });
  });
  expect(new Set(shown).size).toBe(1);
  expect(failures[0]).toMatchObject({ status: 401, text: UNAUTHORIZED });
  const causes = await ledger.refusals(5);
  expect(causes.map(({ cause }) => cause)).toEqual(
    expect.arrayContaining(['signature_missing', 'signature_mismatch', 'unknown_source']),
  );
  expect(await ledger.events()).toHaveLength(0);
});

test('trap 21: a signature that stands there twice is refused; the case of its name and digits does not matter', async () => {
  const receiver = await start();
  const head = `POST /webhooks/callab HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${ENDED.length}\r\n`;
  const line = (name: string): string => `${name}: ${hmac(ENDED).toUpperCase()}\r\n`;
  const twice = await exchange(receiver.port, [
    head,
    line('X-Callab-Signature'),
    line('x-callab-signature'),
    '\r\n',
    ENDED,
  ]);
  const once = await exchange(receiver.port, [head, line('X-CALLAB-SIGNATURE'), '\r\n', ENDED]);
  expect([twice, once].map((answer) => answer.slice(9, 12))).toEqual(['401', '200']);
});

test('trap 23: GET, HEAD and the like learn nothing, neither method nor existence', async () => {
  const receiver = await start();
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answers = await Promise.all(
      ['/webhooks/callab', '/webhooks/nobody', '/webhooks/tracking/x'].map((path) =>
        fetch(receiver.url + path, { method }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([405, 405, 405]);
    expect(answers.map(({ headers }) => headers.get('allow'))).toEqual(['POST', 'POST', 'POST']);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  }
  expect(await ledger.events()).toHaveLength(0);
});

test('trap 23: an empty body that is signed is a test of the source: kept and answered 200', async () => {
  const receiver = await start();
  expect((await postSigned(receiver, '')).status).toBe(200);
  expect(await ledger.events()).toMatchObject([{ type: 'source.test', state: 'no_call' }]);
});

test('a body that is authentic and unreadable is kept and answered 200', async () => {
  const receiver = await start();
  expect((await postSigned(receiver, '{"event": oops')).status).toBe(200);
  expect((await postSigned(receiver, Buffer.from([0xff, 0xfe, 0x00]))).status).toBe(200);
  expect((await ledger.events()).map(({ state }) => state)).toEqual(['unparseable', 'unparseable']);
});

test('trap 16: a form is kept as it came, and a question asked during a call gets JSON', async () => {
  const receiver = await start();
  const body = readFileSync(new URL('../../fixtures/callscaler/in_call.form_literal_plus.txt', import.meta.url));
  const answer = await post(receiver, `/webhooks/tracking/${TOKEN}`, body, {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
  });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ ok: true });
  const [event] = await ledger.events();
  expect(event?.body.equals(body)).toBe(true);
  expect(event?.contentType).toBe('application/x-www-form-urlencoded; charset=UTF-8');
});

test('trap 19: the client is found from the right of X-Forwarded-For, and only behind a trusted proxy', async () => {
  const allowed = { ...callab, allowedCidrs: networks('203.0.113.0/24') };
  const behindProxy = await start([allowed], { trustedProxies: networks('127.0.0.0/8', '10.0.0.0/8') });
  const direct = await start([allowed]);
  const from = async (receiver: TestReceiver, list: string, id: string) =>
    (await postSigned(receiver, `{"event":"call_ended","call":{"id":"${id}"}}`, { 'x-forwarded-for': list })).status;
  expect(await from(behindProxy, '203.0.113.7', 'a')).toBe(200);
  expect(await from(behindProxy, '198.51.100.1, 203.0.113.7, 10.1.2.3', 'b')).toBe(200);
  expect(await from(behindProxy, '203.0.113.7, 198.51.100.1', 'c')).toBe(403);
  expect(await from(behindProxy, '203.0.113.7, unknown', 'd')).toBe(403);
  expect(await from(direct, '203.0.113.7', 'e')).toBe(403);
  for (const header of ['x-real-ip', 'forwarded', 'cf-connecting-ip']) {
    expect((await postSigned(direct, ENDED, { [header]: '203.0.113.7' })).status).toBe(403);
  }
  expect(await ledger.events()).toHaveLength(2);
});

test('trap 20: mapped addresses, ports and brackets in X-Forwarded-For are one address; octal is none', async () => {
  const receiver = await start([{ ...callab, allowedCidrs: networks('203.0.113.0/24', '2001:db8::/32') }], {
    trustedProxies: networks('127.0.0.1'),
  });
  const statuses: Record<string, number> = {};
  for (const client of [
    '::ffff:203.0.113.7',
    '::ffff:cb00:7107',
    '203.0.113.7:4711',
    '[2001:db8::7]:443',
    '2001:db8::7%eth0',
    '0313.0.113.7',
    '203.0.28935',
  ]) {
    const body = JSON.stringify({ event: 'call_ended', call: { id: client } });
    statuses[client] = (await postSigned(receiver, body, { 'x-forwarded-for': client })).status;
  }
  expect(statuses).toEqual({
    '::ffff:203.0.113.7': 200,
    '::ffff:cb00:7107': 200,
    '203.0.113.7:4711': 200,
    '[2001:db8::7]:443': 200,
    '2001:db8::7%eth0': 200,
    '0313.0.113.7': 403,
    '203.0.28935': 403,
  });
});

test('an address off the list without proof is told no more than anybody', async () => {
  const receiver = await start([{ ...callab, allowedCidrs: networks('203.0.113.0/24') }]);
  expect(await post(receiver, '/webhooks/callab', ENDED)).toMatchObject({ status: 401, text: UNAUTHORIZED });
});

test('429 says when to come again, per address and per source', async () => {
  const byAddress = await start([callab], { ratePerAddress: { count: 2, seconds: 60 } });
  const bySource = await start([{ ...callab, rateLimit: { count: 1, seconds: 60 } }, tracking]);
  const statuses = [];
  for (let index = 0; index < 3; index += 1) statuses.push((await postSigned(byAddress, ENDED)).status);
  expect(statuses).toEqual([200, 200, 429]);
  // Forged requests do not use up the share of the real sender.
  await post(bySource, '/webhooks/callab', ENDED);
  expect((await postSigned(bySource, ENDED)).status).toBe(200);
  const limited = await postSigned(bySource, ENDED);
  expect(limited.status).toBe(429);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await post(bySource, `/webhooks/tracking/${TOKEN}`, '{"call_id":"1"}')).status).toBe(200);
});

test('quarantine: a mistyped secret is answered 200, kept aside, and blocks nothing', async () => {
  const receiver = await start([{ ...callab, onInvalid: 'quarantine' }]);
  expect((await post(receiver, '/webhooks/callab', ENDED, { 'x-callab-signature': 'bad' })).status).toBe(200);
  expect(await ledger.events()).toMatchObject([{ state: 'quarantined', callId: null, type: 'unknown' }]);
  expect(receiver.rings()).toBe(0);
  expect((await postSigned(receiver, ENDED)).text).toContain('"duplicate":false');
});

test('paths that are none are 404, whatever is in them', async () => {
  const receiver = await start();
  for (const path of [
    '/',
    '/webhook/callab',
    '/webhooks',
    '/webhooks/a/b/c',
    '/webhooks/%E0%A4%A',
    '/metrics',
    '/api/calls',
  ]) {
    expect([path, (await post(receiver, path, ENDED)).status]).toEqual([path, 404]);
    expect([path, (await fetch(receiver.url + path)).status]).toEqual([path, 404]);
  }
});

test('health: alive as long as it answers, ready while it runs and the ledger accepts', async () => {
  const receiver = await start();
  const status = async (path: string) => (await fetch(receiver.url + path)).status;
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200]);
  receiver.health.ledgerRefused();
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
  await postSigned(receiver, ENDED);
  expect(await status('/readyz')).toBe(200);
  receiver.health.stopping();
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
});

test('answers to machines carry the two headers that matter, everything else all of helmet', async () => {
  const receiver = await start();
  const machine = await postSigned(receiver, ENDED);
  expect(machine.headers.get('x-content-type-options')).toBe('nosniff');
  expect(machine.headers.get('cache-control')).toBe('no-store');
  expect(machine.headers.get('x-powered-by')).toBeNull();
  const other = await fetch(`${receiver.url}/healthz`);
  expect(other.headers.get('content-security-policy')).toContain("default-src 'self'");
});

test('nothing secret or personal gets into the log', async () => {
  const receiver = await start();
  await postSigned(receiver, ENDED);
  await post(receiver, '/webhooks/callab', ENDED, { 'x-callab-signature': hmac(ENDED, 'other') });
  await post(receiver, `/webhooks/tracking/${TOKEN}?phone=%2B12025550143`, ENDED);
  await post(receiver, '/webhooks/%2B12025550143', ENDED);
  const log = receiver.lines.join('');
  expect(log).toContain('receive.refused');
  for (const secret of [TOKEN, SECRET, hmac(ENDED), '12025550143']) expect(log).not.toContain(secret);
});

test('what happened is counted', async () => {
  const receiver = await start();
  await postSigned(receiver, ENDED);
  await postSigned(receiver, ENDED);
  await post(receiver, '/webhooks/nobody-17', ENDED);
  const text = await receiver.metricsText();
  expect(text).toContain('hookline_events_total{source="callab",kind="recorded"} 1');
  expect(text).toContain('hookline_events_total{source="callab",kind="duplicate"} 1');
  expect(text).toContain('hookline_refusals_total{source="unknown",cause="unknown_source",status="401"} 1');
  expect(text).toContain('hookline_ack_seconds_count 2');
  expect(text).not.toContain('nobody-17');
});

function networks(...entries: string[]) {
  const parsed = parseCidrs(entries);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  return parsed.cidrs;
}
