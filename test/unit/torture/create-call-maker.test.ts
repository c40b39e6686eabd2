import { expect, test } from '@jest/globals';

import { createCallMaker } from '../../../src/torture/traffic/calls/create-call-maker.ts';
import { createRandom } from '../../../src/torture/random.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');

function makeCalls(seed: number, count: number): ReturnType<ReturnType<typeof createCallMaker>>[] {
  const makeCall = createCallMaker(createRandom(seed), NOW_MS);
  return Array.from({ length: count }, makeCall);
}

test('a seed makes the same calls again, another seed makes others', () => {
  expect(makeCalls(1, 50)).toEqual(makeCalls(1, 50));
  expect(makeCalls(2, 50)).not.toEqual(makeCalls(1, 50));
});

test('ids, end times and bodies are unique, people are not', () => {
  const calls = makeCalls(3, 2000);
  const ended = calls.flatMap(({ expected }) => expected ?? []);
  const bodies = calls.flatMap(({ deliveries }) => deliveries.map(({ body }) => body));
  expect(new Set(calls.map(({ callId }) => callId)).size).toBe(2000);
  expect(new Set(ended.map(({ endedAt }) => endedAt)).size).toBe(ended.length);
  expect(new Set(bodies).size).toBe(bodies.length);
  expect(new Set(ended.map(({ phone }) => phone)).size).toBeLessThan(ended.length);
});

test('every kind of call occurs: all platforms, with and without task, corrected, and never ended', () => {
  const calls = makeCalls(4, 500);
  const ended = calls.flatMap(({ expected }) => expected ?? []);
  expect(new Set(calls.flatMap(({ deliveries }) => deliveries.map(({ source }) => source))).size).toBe(3);
  expect(calls.some(({ expected }) => expected === null)).toBe(true);
  expect(
    calls.some(({ deliveries }) => deliveries.filter(({ event }) => event === 'call_outcome_extracted').length === 2),
  ).toBe(true);
  expect(ended.some(({ nextAction }) => nextAction !== null)).toBe(true);
  expect(ended.some(({ nextAction }) => nextAction === null)).toBe(true);
});
