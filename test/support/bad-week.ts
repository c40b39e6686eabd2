import { expect } from '@jest/globals';
import fc from 'fast-check';

import type { Call } from '../../src/domain/call.ts';
import { exampleCall } from './call.ts';
import { Crash, type Fault, type SyncWorld } from './sync-world.ts';

/*
 * A model of a bad week: a few persons, their calls in any order, each call synced whenever, several at a time, while
 * answers get lost, the daemon dies, and the CRM's index lags. Then it calms down, and the CRM has to be right.
 */

export interface Plan {
  readonly calls: readonly PlannedCall[];
  /** Groups of syncs that run at the same time. */
  readonly groups: readonly (readonly { readonly call: number; readonly faults: readonly Fault[] }[])[];
  readonly calm: readonly number[];
}

export interface PlannedCall {
  readonly person: number;
  readonly givesEmail: boolean;
  readonly givesCompany: boolean;
  /** Minutes; the order of the calls in time. */
  readonly endedAt: number;
}

const MAX_CALLS = 6;

const fault = fc.constantFrom<Fault>(
  'none',
  'none',
  'refused',
  'lost_before',
  'lost_after',
  'crash_before',
  'crash_after',
);
/** Weeks as bad as they come. */
export const badWeek: fc.Arbitrary<Plan> = fc.record({
  calls: fc.array(
    fc.record({
      person: fc.integer({ min: 0, max: 2 }),
      givesEmail: fc.boolean(),
      givesCompany: fc.boolean(),
      endedAt: fc.integer({ min: 0, max: 30 }),
    }),
    { minLength: 1, maxLength: MAX_CALLS },
  ),
  groups: fc.array(
    fc.uniqueArray(
      fc.record({ call: fc.integer({ min: 0, max: MAX_CALLS - 1 }), faults: fc.array(fault, { maxLength: 4 }) }),
      { minLength: 1, maxLength: 3, selector: ({ call }) => call },
    ),
    { maxLength: 12 },
  ),
  calm: fc.shuffledSubarray([...Array(MAX_CALLS).keys()], { minLength: MAX_CALLS }),
});

/** The call as it is known after so many events: complete from the second on. */
function callAt(planned: PlannedCall, index: number, version: number): Call {
  const minute = String(planned.endedAt).padStart(2, '0');
  const isFinal = version > 1;
  return exampleCall({
    id: `call_${index}`,
    provider_call_id: `c${index}`,
    version: Math.min(version, 2),
    customer_number: `+1202555010${planned.person}`,
    business_number: '+12025550199',
    started_at: `2026-11-20T10:${minute}:00Z`,
    ended_at: isFinal ? `2026-11-20T10:${minute}:30Z` : null,
    summary: isFinal ? `summary of c${index}` : null,
    outcomes: isFinal ? { next_action: `call back c${index}` } : {},
    contact: {
      ...(planned.givesEmail ? { email: `person${planned.person}@example.com` } : {}),
      ...(planned.givesCompany && isFinal ? { company: `company of c${index}` } : {}),
    },
  });
}

export const BAD_WEEK_CONFIG = {
  contact: { match: ['phone', 'email'], fields: { notes: { value: '{{ call.summary }}', write: 'append' } } },
  task: { subject: '{{ outcomes.next_action }}' },
};

/** The bad part of the week. */
export async function storm(world: SyncWorld, { calls, groups }: Plan): Promise<void> {
  const versions = calls.map(() => 0);
  for (const group of groups) {
    world.faults = group.flatMap(({ faults }) => faults);
    const syncs = group
      .filter(({ call }) => call < calls.length)
      .map(async ({ call }) => {
        versions[call] = (versions[call] ?? 0) + 1;
        const planned = calls[call];
        if (planned !== undefined) await world.sync(callAt(planned, call, versions[call]));
      });
    for (const { status, reason } of (await Promise.allSettled(syncs)) as { status: string; reason?: unknown }[]) {
      if (status === 'rejected' && !(reason instanceof Crash)) throw reason;
      if (status === 'rejected') world.restart();
    }
    // Long enough for a breaker to try again.
    world.clock.advance(600_000);
  }
}

/** Every call once more, complete. */
export async function calmDown(world: SyncWorld, { calls, calm }: Plan): Promise<void> {
  world.faults = [];
  for (const index of calm.filter((call) => call < calls.length)) {
    const planned = calls[index] as PlannedCall;
    const result = await world.sync(callAt(planned, index, 2));
    expect(result).toMatchObject({ kind: 'finished' });
  }
}

/** One contact per person, one call and one task per call, the values of the newest. */
export async function expectRight(world: SyncWorld, { calls }: Plan): Promise<void> {
  const persons = new Set(calls.map(({ person }) => person));
  const contacts = await world.records('contact');
  expect(contacts.map(({ fields }) => textOf(fields['phone'])).toSorted()).toEqual(
    [...persons].map((person) => `+1202555010${person}`).toSorted(),
  );
  for (const { id, fields } of contacts) {
    const own = calls
      .map((call, index) => ({ ...call, index, asOf: `${String(call.endedAt).padStart(2, '0')} c${index}` }))
      .filter(({ person }) => fields['phone'] === `+1202555010${person}`)
      .toSorted((left, right) => (left.asOf < right.asOf ? -1 : 1));
    expect(fields['last_call_summary']).toBe(`summary of c${own.at(-1)?.index}`);
    expect(fields['company']).toBe(valueOfNewest(own.filter(({ givesCompany }) => givesCompany)));
    expect(blocksOf(fields['notes'])).toEqual(own.map(({ index }) => `callab/c${index}`).toSorted());
    for (const kind of ['call', 'task'] as const) {
      const records = (await world.records(kind)).filter(({ contactId }) => contactId === id);
      expect(records.map(({ key }) => key.replace(/[#~].*/, '')).toSorted()).toEqual(
        own.map(({ index }) => `callab/c${index}`).toSorted(),
      );
    }
  }
  const summaries = (await world.records('call')).map(({ fields }) => textOf(fields['summary']));
  expect(summaries.toSorted()).toEqual(calls.map((_call, index) => `summary of c${index}`).toSorted());
}

function valueOfNewest(calls: readonly { readonly index: number }[]): string | undefined {
  const newest = calls.at(-1);
  return newest === undefined ? undefined : `company of c${newest.index}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function blocksOf(notes: unknown): readonly string[] {
  return [...textOf(notes).matchAll(/\[hookline (\S+)\]/g)].map(([, key = '']) => key).toSorted();
}
