import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Call } from '../../../src/domain/call.ts';
import { createHubSpotChaos, type HubSpot } from '../../simulators/hubspot/index.ts';
import { exampleCall } from '../../support/call.ts';
import { openHubSpotWorld, type HubSpotWorld, type WorldOptions } from '../../support/hubspot-world.ts';

/*
 * A plain model of a bad week: a few persons, their calls in any order, several at a time, while HubSpot fails in all its
 * ways, its index lags, and our process dies. Then it calms down, and HubSpot has to hold what the model says.
 */

interface PlannedCall {
  readonly person: number;
  readonly givesEmail: boolean;
  readonly interested: boolean | null;
  /** More than one record takes: the rest goes on in a note. */
  readonly isLong: boolean;
  /** Minutes; the order of the calls in time. */
  readonly endedAt: number;
}

interface Plan {
  readonly calls: readonly PlannedCall[];
  /** Calls that are synced at the same time; with `dies`, the process dies while they are. */
  readonly groups: readonly { readonly calls: readonly number[]; readonly dies: boolean }[];
  readonly calm: readonly number[];
  readonly seed: number;
  readonly faultRate: number;
  readonly lagMs: number;
}

const MAX_CALLS = 8;

const badWeek: fc.Arbitrary<Plan> = fc.record({
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
    }),
    { maxLength: 5 },
  ),
  calm: fc.shuffledSubarray([...Array(MAX_CALLS).keys()], { minLength: MAX_CALLS }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  faultRate: fc.constantFrom(0, 0.1, 0.4),
  lagMs: fc.constantFrom(0, 20_000),
});

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
    duration_s: isFinal ? 30 + index : null,
    summary: isFinal ? `summary of c${index}` : null,
    transcript: isFinal && isLong ? LONG_TALK : 'Customer: Hi.',
    outcomes: isFinal ? { next_action: `call back c${index}`, ...(interested === null ? {} : { interested }) } : {},
    contact: { first_name: 'Dana', ...(givesEmail ? { email: `person${person}@example.com` } : {}) },
  });
}

const LONG_TALK = `${'Customer: and so on and on.\n'.repeat(3_000)}Customer: the last word.`;

const phoneOf = (person: number): string => `+1202556010${person}`;

const sorted = (texts: readonly string[]): readonly string[] =>
  texts.toSorted((left, right) => left.localeCompare(right));

async function storm({ sync, crash, advance, hubspot }: HubSpotWorld, plan: Plan): Promise<void> {
  const versions = plan.calls.map(() => 0);
  hubspot.setChaos(createHubSpotChaos(plan.faultRate, plan.seed));
  hubspot.lag(plan.lagMs);
  for (const { calls, dies } of plan.groups) {
    const syncs = calls.flatMap((index) => {
      const planned = plan.calls[index];
      if (planned === undefined) return [];
      versions[index] = (versions[index] ?? 0) + 1;
      return [sync(callAt(planned, index, versions[index]))];
    });
    if (dies && syncs.length > 0) {
      // Somewhere on the way: the first that ends takes the process with it.
      await Promise.race(syncs);
      crash();
    }
    await Promise.all(syncs);
    // Long enough for the breaker, the index and every silence.
    advance(600_000);
  }
}

/** Every call once more, complete, as often as it takes while nothing goes wrong. */
async function calmDown({ sync, hubspot, advance }: HubSpotWorld, { calls, calm }: Plan): Promise<void> {
  hubspot.setChaos(null);
  for (const index of calm) {
    const planned = calls[index];
    if (planned === undefined) continue;
    const result = await sync(callAt(planned, index, 2));
    expect(result).toMatchObject({ kind: 'finished' });
  }
  advance(60_000);
}

function expectModel(hubspot: HubSpot, { calls }: Plan): void {
  const persons = [...new Set(calls.map(({ person }) => phoneOf(person)))];
  expect(hubspot.duplicates()).toEqual([]);
  const contacts = hubspot.records('contacts');
  expect(sorted(contacts.map(({ properties }) => properties['phone'] ?? ''))).toEqual(sorted(persons));
  for (const { id, properties } of contacts) {
    const own = calls
      .map((call, index) => ({ ...call, index, asOf: `${String(call.endedAt).padStart(2, '0')} c${index}` }))
      .filter(({ person }) => properties['phone'] === phoneOf(person))
      .toSorted((left, right) => (left.asOf < right.asOf ? -1 : 1));
    const hasEmail = own.some(({ givesEmail }) => givesEmail);
    expect(properties['email'] ?? null).toBe(hasEmail ? `person${own[0]?.person}@example.com` : null);
    const said = own.filter(({ interested }) => interested !== null).at(-1)?.interested;
    const byRule = { true: ['OPEN'], false: ['UNQUALIFIED'], undefined: ['CONNECTED', 'ATTEMPTED_TO_CONTACT'] };
    expect(byRule[`${said ?? undefined}`]).toContain(properties['hs_lead_status']);
    for (const type of ['calls', 'tasks'] as const) {
      const attached = hubspot
        .records(type)
        .filter((record) => hubspot.associated(type, record.id, 'contacts').includes(id));
      const keys = attached.map((record) => (record.properties['hookline_call_id'] ?? '').replace(/#.*/, ''));
      expect(sorted(keys)).toEqual(sorted(own.map(({ index }) => `callab/c${index}`)));
    }
  }
  expectNotes(hubspot, calls);
  for (const { properties } of hubspot.records('calls')) {
    const index = Number(properties['hookline_call_id']?.replace('callab/c', ''));
    expect(properties).toMatchObject({ hs_call_duration: String((30 + index) * 1000), hs_call_status: 'COMPLETED' });
    expect(properties['hs_call_body']).toContain(`summary of c${index}`);
  }
}

/** One for each long talk, on the contact of its call. */
function expectNotes(hubspot: HubSpot, calls: Plan['calls']): void {
  const notes = hubspot.records('notes').map(({ id, properties }) => {
    const [contactId = ''] = hubspot.associated('notes', id, 'contacts');
    expect(properties['hs_note_body']).toContain('the last word');
    return `${properties['hookline_call_id']} ${hubspot.record('contacts', contactId)?.properties['phone']}`;
  });
  const expected = calls.flatMap(({ isLong, person }, index) =>
    isLong ? [`callab/c${index}#note#1 ${phoneOf(person)}`] : [],
  );
  expect(sorted(notes)).toEqual(sorted(expected));
}

const OPTIONS: WorldOptions = { action: { task: { subject: '{{ outcomes.next_action }}' } } };

test('whatever fails, repeats, races or dies: HubSpot holds what a plain model says, and then nothing more is asked', async () => {
  await fc.assert(
    fc.asyncProperty(badWeek, async (plan) => {
      const world = await openHubSpotWorld(OPTIONS);
      try {
        await storm(world, plan);
        await calmDown(world, plan);
        expectModel(world.hubspot, plan);
        world.hubspot.clearRequests();
        await calmDown(world, plan);
        expect(world.hubspot.requests.map(({ path }) => path)).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 8 },
  );
}, 240_000);
