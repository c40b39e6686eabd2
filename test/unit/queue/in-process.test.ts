import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { createInProcessQueue } from '../../../src/queue/in-process.ts';
import type { Bell } from '../../../src/queue/queue.ts';
import { systemClock } from '../../../src/shared/clock.ts';

const EVENT: Bell = { kind: 'event' };
const CRM: Bell = { kind: 'run', destination: 'crm' };
const SANDBOX: Bell = { kind: 'run', destination: 'sandbox' };

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

function listen() {
  const queue = createInProcessQueue(systemClock);
  const heard: Bell[] = [];
  const stop = queue.answer((bell) => void heard.push(bell));
  return { queue, heard, stop };
}

test('a bell is heard in the next turn, never while it is rung', () => {
  const { queue, heard } = listen();
  queue.ring(EVENT);
  expect(heard).toEqual([]);
  jest.advanceTimersByTime(0);
  expect(heard).toEqual([EVENT]);
});

test('many rings of one bell in one turn are one; different bells are heard each', () => {
  const { queue, heard } = listen();
  for (const bell of [EVENT, CRM, EVENT, CRM, SANDBOX, EVENT]) queue.ring(bell);
  jest.advanceTimersByTime(0);
  expect(heard).toEqual([EVENT, CRM, SANDBOX]);
  queue.ring(CRM);
  jest.advanceTimersByTime(0);
  expect(heard).toHaveLength(4);
});

test('of rings for later only the earliest is kept', () => {
  const { queue, heard } = listen();
  for (const ms of [5000, 9000, 2000, 3000]) queue.ring(CRM, systemClock.now() + ms);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(1999);
  expect(heard).toEqual([]);
  jest.advanceTimersByTime(3);
  expect(heard).toEqual([CRM]);
  jest.advanceTimersByTime(60_000);
  expect(heard).toEqual([CRM]);
});

test('a time that has passed rings now; a time years away does not ring at once', () => {
  const { queue, heard } = listen();
  queue.ring(CRM, systemClock.now() - 1);
  queue.ring(SANDBOX, systemClock.now() + 365 * 86_400_000);
  jest.advanceTimersByTime(1000);
  expect(heard).toEqual([CRM]);
});

test('who stopped answering hears nothing', () => {
  const { queue, heard, stop } = listen();
  queue.ring(EVENT);
  stop();
  jest.advanceTimersByTime(0);
  expect(heard).toEqual([]);
});
