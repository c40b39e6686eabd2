import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { expect, test } from '@jest/globals';

import { createInflateBody } from '../../../src/receive/inflate-body.ts';

const inflateBody = createInflateBody();
const text = Buffer.from('{"event":"call.ended"}');

test.each([
  ['gzip', gzipSync(text)],
  ['X-GZIP', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
  ['identity', text],
  ['', text],
])('undoes %s', async (encoding, bytes) => {
  expect(await inflateBody(bytes, encoding, 1000)).toEqual({ kind: 'inflated', body: text });
});

test('stops at the limit: a bomb costs no more than a body', async () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000));
  expect(bomb.length).toBeLessThan(20_000);
  expect(await inflateBody(bomb, 'gzip', 20_000)).toEqual({
    kind: 'refused',
    status: 413,
    cause: 'inflated_body_too_large',
  });
});

test.each(['zstd', 'gzip, br', 'constructor', '__proto__'])('does not know %s', async (encoding) => {
  expect(await inflateBody(text, encoding, 1000)).toEqual({
    kind: 'refused',
    status: 415,
    cause: 'encoding_unsupported',
  });
});

test('bytes that are not what their encoding says are refused', async () => {
  expect(await inflateBody(text, 'gzip', 1000)).toEqual({ kind: 'refused', status: 415, cause: 'encoding_broken' });
  expect(await inflateBody(gzipSync(text).subarray(0, 12), 'gzip', 1000)).toMatchObject({ cause: 'encoding_broken' });
});

test('an empty body has no encoding', async () => {
  expect(await inflateBody(Buffer.alloc(0), 'gzip', 1000)).toEqual({ kind: 'inflated', body: Buffer.alloc(0) });
});

test('a body that was made to explode is refused long before the limit of the source', async () => {
  const plain = Buffer.alloc(4_000_000, 'a');
  for (const [encoding, bomb] of [
    ['gzip', gzipSync(plain)],
    ['br', brotliCompressSync(plain)],
  ] as const) {
    expect(await inflateBody(bomb, encoding, 5_000_000)).toMatchObject({ cause: 'inflated_body_too_large' });
  }
  const wordy = Buffer.from('{"speaker":"agent","text":"How can I help you today?"},'.repeat(1000));
  expect(await inflateBody(gzipSync(wordy), 'gzip', 5_000_000)).toMatchObject({ kind: 'inflated' });
});

test('few are inflated at once, few wait, and nobody is forgotten', async () => {
  const inflate = createInflateBody({ atOnce: 1, waiting: 2 });
  const wire = gzipSync(text);
  const answers = await Promise.all(Array.from({ length: 4 }, () => inflate(wire, 'gzip', 1000)));
  expect(answers.map(({ kind }) => kind)).toEqual(['inflated', 'inflated', 'inflated', 'refused']);
  expect(answers[3]).toEqual({ kind: 'refused', status: 503, cause: 'too_many_inflating' });
  expect(await inflate(Buffer.from('broken'), 'gzip', 1000)).toMatchObject({ cause: 'encoding_broken' });
  expect(await inflate(wire, 'gzip', 1000)).toMatchObject({ kind: 'inflated' });
});
