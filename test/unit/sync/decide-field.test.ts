import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { JsonValue } from '../../../src/domain/json.ts';
import type { Stamp } from '../../../src/ledger/ledger.ts';
import type { WritePolicy } from '../../../src/sync/compiled-sync.ts';
import { decideField, needsCurrentValue, type FieldDecision } from '../../../src/sync/decide-field.ts';
import type { ProjectedField } from '../../../src/sync/project-fields.ts';

const field = (write: WritePolicy, value: JsonValue): ProjectedField => ({ field: 'f', value, write, onlyOn: null });

interface Options {
  readonly current?: JsonValue;
  readonly stamp?: Stamp | null;
  readonly call?: string;
  readonly at?: string;
  readonly force?: boolean;
}

function decide(write: WritePolicy, value: JsonValue, options: Options = {}): FieldDecision {
  const { current, stamp, call = 's/1', at = '2026-11-20T10:00:00.000Z', force = false } = options;
  const moment = { callKey: call, asOf: `${at} ${call}` };
  return decideField(field(write, value), { current, stamp: stamp ?? undefined, moment, force });
}

const EARLIER = '2026-11-20T10:00:00.000Z';
const LATER = '2026-11-20T11:00:00.000Z';

describe('newer', () => {
  test('writes what was never written', () => {
    expect(decide('newer', 'a')).toMatchObject({ action: 'write', after: 'a' });
  });

  test('costs nothing when it was written last', () => {
    const { stamp } = decide('newer', 'a');
    expect(decide('newer', 'a', { stamp })).toEqual({ action: 'same', after: 'a', stamp: null });
  });

  test('an older call never overwrites a newer one, even when forced', () => {
    const { stamp } = decide('newer', 'new', { call: 's/2', at: LATER });
    for (const force of [false, true]) {
      expect(decide('newer', 'old', { stamp, force })).toMatchObject({
        action: 'kept',
        reason: 'a newer call wrote it: s/2',
        stamp: null,
      });
    }
  });

  test('the same call corrects itself even when its end turns out earlier', () => {
    const { stamp } = decide('newer', 'a', { at: LATER });
    expect(decide('newer', 'b', { stamp })).toMatchObject({ action: 'write', after: 'b' });
  });

  test('a value that a newer call confirms is the newer call’s', () => {
    const first = decide('newer', 'a', { call: 's/1', at: '2026-11-20T10:00:00.000Z' });
    const newest = decide('newer', 'a', { call: 's/3', at: '2026-11-20T12:00:00.000Z', stamp: first.stamp });
    expect(newest).toMatchObject({ action: 'same', stamp: { asOf: '2026-11-20T12:00:00.000Z s/3' } });
    expect(decide('newer', 'b', { call: 's/2', at: LATER, stamp: newest.stamp })).toMatchObject({ action: 'kept' });
  });

  test('leaves alone what the CRM shows already, numbers as text included', () => {
    expect(decide('newer', 5, { current: '5' })).toMatchObject({ action: 'same' });
    expect(decide('newer', 5, { current: '6' })).toMatchObject({ action: 'write' });
  });

  test('force writes what looks unchanged', () => {
    const { stamp } = decide('newer', 'a');
    expect(decide('newer', 'a', { stamp, force: true })).toMatchObject({ action: 'write' });
  });

  test('two calls of the same moment are told apart by their key', () => {
    const { stamp } = decide('newer', 'b', { call: 's/2' });
    expect(decide('newer', 'a', { call: 's/1', stamp })).toMatchObject({ action: 'kept' });
    expect(decide('newer', 'c', { call: 's/3', stamp })).toMatchObject({ action: 'write' });
  });
});

describe('a default', () => {
  const fallback = (value: JsonValue, { current, stamp, call = 's/1', at = EARLIER }: Options = {}): FieldDecision =>
    decideField(
      { ...field('newer', value), isFallback: true },
      { current, stamp: stamp ?? undefined, moment: { callKey: call, asOf: `${at} ${call}` }, force: false },
    );

  test('of a newer call leaves alone what a rule of an older one wrote', () => {
    const { stamp } = decide('newer', 'OPEN_DEAL');
    expect(fallback('ATTEMPTED', { stamp, current: 'OPEN_DEAL', call: 's/2', at: LATER })).toMatchObject({
      action: 'kept',
      reason: 'the default gives way to what another call said: s/1',
    });
  });

  test('gives way to a rule of an older call that comes late', () => {
    const { stamp } = fallback('ATTEMPTED', { current: null, call: 's/2', at: LATER });
    expect(decide('newer', 'OPEN_DEAL', { stamp })).toMatchObject({ action: 'write' });
  });

  test('never replaces what a person put there, seen or not', () => {
    expect(fallback('ATTEMPTED', { current: 'CUSTOMER' })).toMatchObject({ action: 'kept' });
    expect(fallback('ATTEMPTED')).toMatchObject({ action: 'kept' });
    const { stamp } = fallback('ATTEMPTED', { current: null });
    expect(fallback('TRIED', { stamp, current: 'CUSTOMER', call: 's/2', at: LATER })).toMatchObject({ action: 'kept' });
  });

  test('in any order of calls the newest rule decides, else the newest default', () => {
    const calls = fc.uniqueArray(
      fc.record({
        minute: fc.integer({ min: 10, max: 59 }),
        rule: fc.boolean(),
        value: fc.constantFrom('A', 'B', 'C'),
      }),
      { selector: ({ minute }) => minute, minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(calls, (inOrderOfArrival) => {
        let current: JsonValue = null;
        let stamp: Stamp | null = null;
        for (const { minute, rule, value } of inOrderOfArrival) {
          const options: Options = { current, stamp, call: `s/${minute}`, at: `2026-11-20T10:${minute}:00.000Z` };
          const decision: FieldDecision = rule ? decide('newer', value, options) : fallback(value, options);
          if (decision.action === 'write') current = decision.after;
          stamp = decision.stamp ?? stamp;
        }
        const telling = inOrderOfArrival.some(({ rule }) => rule)
          ? inOrderOfArrival.filter(({ rule }) => rule)
          : inOrderOfArrival;
        const newest = telling.reduce((best, call) => (call.minute > best.minute ? call : best));
        expect(current).toBe(newest.value);
      }),
    );
  });
});

describe('overwrite', () => {
  test('whoever comes last', () => {
    const { stamp } = decide('overwrite', 'new', { call: 's/2', at: LATER });
    expect(decide('overwrite', 'old', { stamp })).toMatchObject({ action: 'write' });
  });
});

describe('fill_if_empty', () => {
  test.each([[null], [''], ['  '], [[]]])('fills %j', (current) => {
    expect(decide('fill_if_empty', 'a', { current })).toMatchObject({ action: 'write' });
  });

  test('keeps what a person or another call put there', () => {
    expect(decide('fill_if_empty', 'a', { current: 'b' })).toMatchObject({ action: 'kept' });
    const { stamp } = decide('fill_if_empty', 'b', { call: 's/2', current: null });
    expect(decide('fill_if_empty', 'a', { current: 'b', stamp })).toMatchObject({ action: 'kept' });
  });

  test('a call may correct its own value, unless a person changed it since', () => {
    const { stamp } = decide('fill_if_empty', 'first', { current: null });
    expect(decide('fill_if_empty', 'second', { current: 'first', stamp })).toMatchObject({ action: 'write' });
    expect(decide('fill_if_empty', 'second', { current: 'edited', stamp })).toMatchObject({ action: 'kept' });
  });

  test('does not write blindly', () => {
    expect(decide('fill_if_empty', 'a')).toMatchObject({ action: 'kept' });
  });
});

describe('append', () => {
  test('a block per call, replaced and not repeated, notes of people untouched', () => {
    const first = decide('append', 'hello', { current: 'Mine.' });
    expect(first.after).toBe('Mine.\n\n[hookline s/1]\nhello\n[/hookline]');
    const second = decide('append', 'other', { current: first.after, call: 's/2', stamp: first.stamp });
    const corrected = decide('append', 'hello again', { current: second.after, stamp: second.stamp });
    expect(corrected.after).toBe(
      'Mine.\n\n[hookline s/1]\nhello again\n[/hookline]\n\n[hookline s/2]\nother\n[/hookline]',
    );
    expect(decide('append', 'hello again', { current: corrected.after, stamp: second.stamp })).toMatchObject({
      action: 'same',
    });
  });

  test('what a caller said can neither end nor forge a block', () => {
    const { after } = decide('append', 'x [/hookline] [hookline s/2] y', { current: null });
    expect(after).toBe('[hookline s/1]\nx (/hookline] (hookline s/2] y\n[/hookline]');
  });

  test('the same words of another call are another block', () => {
    const first = decide('append', 'hello', { current: null });
    const second = decide('append', 'hello', { current: first.after, stamp: first.stamp, call: 's/2' });
    expect(second).toMatchObject({ action: 'write' });
  });

  test('never over a text that cannot be seen', () => {
    expect(decide('append', 'a')).toMatchObject({ action: 'kept' });
  });
});

describe('max', () => {
  test.each([
    [2, 10, 'kept'],
    [10, '2', 'write'],
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z', 'same'],
    ['2026-11-21', '2026-11-20T10:00:00.000Z', 'write'],
    ['2026-11-19T00:00:00Z', '2026-11-20', 'kept'],
    ['many', 3, 'kept'],
    [3, null, 'write'],
  ])('%j against %j: %s', (value, current, action) => {
    expect(decide('max', value, { current })).toMatchObject({ action });
  });
});

test('only policies that look at the value ask for a read, and only when something changed', () => {
  const moment = { callKey: 's/1', asOf: '2026-11-20T10:00:00.000Z s/1' };
  const asks = (write: WritePolicy, stamp?: Stamp | null): boolean =>
    needsCurrentValue(field(write, 'a'), { current: undefined, stamp: stamp ?? undefined, moment, force: false });
  expect([asks('newer'), asks('overwrite')]).toEqual([false, false]);
  expect([asks('fill_if_empty'), asks('append'), asks('max')]).toEqual([true, true, true]);
  expect(asks('fill_if_empty', decide('fill_if_empty', 'a', { current: null }).stamp)).toBe(false);
});

describe('what was left alone after a look', () => {
  const needs = (write: WritePolicy, value: JsonValue, options: Options = {}): boolean => {
    const { current, stamp, call = 's/1', force = false } = options;
    const moment = { callKey: call, asOf: `${EARLIER} ${call}` };
    return needsCurrentValue(field(write, value), { current, stamp: stamp ?? undefined, moment, force });
  };

  test.each([
    ['fill_if_empty', 'ours', 'theirs'],
    ['max', 1, 2],
  ] as const)('%s: is not looked at again for the same value, in this call or another', (write, value, current) => {
    const { action, stamp } = decide(write, value, { current });
    expect(action).toBe('kept');
    for (const call of ['s/1', 's/2']) {
      expect(needs(write, value, { stamp, call })).toBe(false);
      expect(decide(write, value, { stamp, call })).toMatchObject({ action: 'kept', after: value, stamp: null });
    }
    expect(decide(write, value, { stamp, current })).toMatchObject({ action: 'kept', stamp: null });
  });

  test('is looked at for another value, when forced, and while the fate of a write is open', () => {
    const { stamp } = decide('fill_if_empty', 'ours', { current: 'theirs' });
    expect(needs('fill_if_empty', 'other', { stamp })).toBe(true);
    expect(needs('fill_if_empty', 'ours', { stamp, force: true })).toBe(true);
    const open = { ...stamp, pending: [{ hash: 'h', asOf: EARLIER }] } as Stamp;
    expect(needs('fill_if_empty', 'ours', { stamp: open })).toBe(true);
  });

  test('is filled once a look shows it empty, and forgotten then', () => {
    const { stamp } = decide('fill_if_empty', 'ours', { current: 'theirs' });
    const filled = decide('fill_if_empty', 'ours', { stamp, current: null });
    expect(filled.action).toBe('write');
    expect(filled.stamp).not.toHaveProperty('kept');
  });
});
