import { expect } from '@jest/globals';
import fc from 'fast-check';

import type { Call } from '../../src/domain/call.ts';
import type { Simulator } from '../../src/torture/crm/simulator.ts';
import { exampleCall } from './call.ts';
import type { CrmWorld } from './crm-world.ts';

/*
 * A plain model of a bad week in a CRM that is asked over HTTP: a few persons, their calls in any order, several at a time,
 * while the CRM fails in all its ways, its index lags, people work in it, and our process dies. Then it calms down, and the
 * CRM has to hold what the model says.
 */

export interface PlannedCall {
  readonly person: number;
  readonly givesEmail: boolean;
  readonly interested: boolean | null;
  /** More than one record takes. */
  readonly isLong: boolean;
  /** Minutes; the order of the calls in time. */
  readonly endedAt: number;
}

/** Calls that are synced at the same time. */
export interface Group<Act> {
  readonly calls: readonly number[];
  /** The process dies while they are. */
  readonly dies: boolean;
  /** What a person does in the CRM while they are; null: nothing. */
  readonly act: Act | null;
}

export interface CrmWeek<Act = never> {
  readonly calls: readonly PlannedCall[];
  readonly groups: readonly Group<Act>[];
  readonly calm: readonly number[];
  readonly seed: number;
  readonly faultRate: number;
  readonly lagMs: number;
}

const MAX_CALLS = 8;

/** Weeks as bad as they come; `act`: what people do in the CRM meanwhile. */
export function badCrmWeek<Act = never>(act: fc.Arbitrary<Act | null> = fc.constant(null)): fc.Arbitrary<CrmWeek<Act>> {
  return fc.record({
    calls: fc.array(
      fc.record({
        person: fc.integer({ min: 0, max: 3 }),
        givesEmail: fc.boolean(),
        interested: fc.constantFrom(true, false, null),
        isLong: fc.nat(3).map((number) => number === 0),
        endedAt: fc.integer({ min: 0, max: 59 }),
      }),
      { minLength: 1, maxLength: MAX_CALLS },
    ),
    groups: fc.array(
      fc.record({
        calls: fc.uniqueArray(fc.integer({ min: 0, max: MAX_CALLS - 1 }), { minLength: 1, maxLength: MAX_CALLS }),
        dies: fc.boolean(),
        act,
      }),
      { maxLength: 5 },
    ),
    calm: fc.shuffledSubarray([...Array(MAX_CALLS).keys()], { minLength: MAX_CALLS }),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    faultRate: fc.constantFrom(0, 0.1, 0.4),
    lagMs: fc.constantFrom(0, 20_000),
  });
}

/** The call as it is known after so many events: complete from the second on. */
function callAt(
  { person, givesEmail, interested, isLong, endedAt }: PlannedCall,
  index: number,
  version: number,
): Call {
  const minute = String(endedAt).padStart(2, '0');
  const isFinal = version > 1;
  return exampleCall({
    id: `call_${index}`,
    provider_call_id: `c${index}`,
    version: Math.min(version, 2),
    customer_number: phoneOf(person),
    from_number: phoneOf(person),
    status: isFinal ? 'completed' : 'in_progress',
    started_at: `2026-11-20T10:${minute}:00Z`,
    ended_at: isFinal ? `2026-11-20T10:${minute}:30Z` : null,
    duration_s: isFinal ? durationOf(index) : null,
    summary: isFinal ? `summary of c${index}` : null,
    transcript: isFinal && isLong ? LONG_TALK : 'Customer: Hi.',
    outcomes: isFinal ? { next_action: `call back c${index}`, ...(interested === null ? {} : { interested }) } : {},
    contact: { first_name: 'Dana', ...(givesEmail ? { email: emailOf(person) } : {}) },
  });
}

const LONG_TALK = `${'Customer: and so on and on.\n'.repeat(3_000)}Customer: the last word.`;

export const phoneOf = (person: number): string => `+1202556010${person}`;

const emailOf = (person: number): string => `person${person}@example.com`;

export const durationOf = (index: number): number => 30 + index;

export const sorted = (texts: readonly string[]): readonly string[] =>
  texts.toSorted((left, right) => left.localeCompare(right));

/** What the week happens to. */
export interface WeekWorld extends Pick<CrmWorld, 'sync' | 'crash'> {
  readonly crm: Pick<Simulator, 'setChaos'> & { readonly lag: (ms: number) => void };
  readonly createChaos: (rate: number, seed: number) => Parameters<Simulator['setChaos']>[0];
  readonly advance: (ms: number) => void;
}

/** The bad part of the week. */
export async function storm<Act>(
  { sync, crash, advance, crm, createChaos }: WeekWorld,
  plan: CrmWeek<Act>,
  happen: (act: Act) => void = () => {},
): Promise<void> {
  const versions = plan.calls.map(() => 0);
  crm.setChaos(createChaos(plan.faultRate, plan.seed));
  crm.lag(plan.lagMs);
  for (const { calls, dies, act } of plan.groups) {
    const syncs = calls.flatMap((index) => {
      const planned = plan.calls[index];
      if (planned === undefined) return [];
      versions[index] = (versions[index] ?? 0) + 1;
      return [sync(callAt(planned, index, versions[index]))];
    });
    // Somewhere on the way: when the first of them ends.
    if (syncs.length > 0) await Promise.race(syncs);
    if (act !== null) happen(act);
    if (dies && syncs.length > 0) crash();
    await Promise.all(syncs);
    // Long enough for the breaker, the index and every silence.
    advance(600_000);
  }
}

/** Every call once more, complete, while nothing goes wrong. */
export async function calmDown(
  { sync, crm, advance }: WeekWorld,
  { calls, calm }: Pick<CrmWeek<unknown>, 'calls' | 'calm'>,
  options: Parameters<CrmWorld['sync']>[1] = {},
): Promise<void> {
  crm.setChaos(null);
  for (const index of calm) {
    const planned = calls[index];
    if (planned === undefined) continue;
    const result = await sync(callAt(planned, index, 2), options);
    expect(result).toMatchObject({ kind: 'finished' });
  }
  advance(60_000);
}

/** What must stand of one person in the end. */
export interface ExpectedPerson {
  readonly phone: string;
  readonly email: string | null;
  /** Of the newest call that says anything. */
  readonly interested: boolean | null;
  /** `callab/c3`, one for each call. */
  readonly callKeys: readonly string[];
}

export function expectedPeople(calls: CrmWeek['calls']): readonly ExpectedPerson[] {
  const persons = [...new Set(calls.map(({ person }) => person))];
  return persons.map((person) => {
    const own = calls
      .map((call, index) => ({ ...call, index, asOf: `${String(call.endedAt).padStart(2, '0')} c${index}` }))
      .filter((call) => call.person === person)
      .toSorted((left, right) => (left.asOf < right.asOf ? -1 : 1));
    return {
      phone: phoneOf(person),
      email: own.some(({ givesEmail }) => givesEmail) ? emailOf(person) : null,
      interested: own.findLast(({ interested }) => interested !== null)?.interested ?? null,
      callKeys: sorted(own.map(({ index }) => `callab/c${index}`)),
    };
  });
}
