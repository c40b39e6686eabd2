import { expect, test } from '@jest/globals';

import type { CrmState } from '../../../src/torture/judge/compare.ts';
import { expectCrm } from '../../../src/torture/judge/expected.ts';
import { judge, type EndState, type Verdict } from '../../../src/torture/judge/judge.ts';
import { createRandom } from '../../../src/torture/random.ts';
import { createCallMaker } from '../../../src/torture/traffic/calls/create-call-maker.ts';
import { hashBody } from '../../../src/torture/traffic/delivery.ts';

// A torture that cannot fail proves nothing: an end state that is right, and then damaged in one place.

const makeCall = createCallMaker(createRandom(3), Date.parse('2026-11-20T12:00:00Z'));
const calls = Array.from({ length: 60 }, makeCall);
const deliveries = calls.flatMap((call) => call.deliveries);
const keys = deliveries.map((delivery) => `${delivery.source} ${hashBody(delivery)}`);

/** What a CRM holds when all is well, worked out from the model itself. */
function rightState(): CrmState {
  const expected = expectCrm(calls.flatMap((call) => call.expected ?? []));
  const contacts = [...expected.contacts.values()].map((fields, index) => ({ ...fields, id: `c${index}` }));
  const idOf = (phone: unknown) =>
    contacts.find((contact) => 'phone' in contact && contact['phone'] === phone)?.id ?? null;
  const linked = (records: typeof expected.calls) =>
    [...records].map(([callId, { contact_phone, ...fields }]) => ({
      call_id: callId,
      ...fields,
      contact_id: idOf(contact_phone),
    }));
  return { contacts, calls: linked(expected.calls), tasks: linked(expected.tasks) };
}

interface Damage {
  readonly events?: (rows: EventRow[]) => EventRow[];
  readonly crm?: (state: CrmState) => CrmState;
  readonly runs?: Record<string, number>;
  readonly answers?: ReadonlyMap<number, number>;
}

interface EventRow {
  readonly source: string;
  readonly bodyHash: string;
  readonly duplicates: number;
}

async function judged({ events = (rows) => rows, crm = (state) => state, runs, answers }: Damage): Promise<Verdict> {
  const rows = events(deliveries.map((one) => ({ source: one.source, bodyHash: hashBody(one), duplicates: 0 })));
  const ledger = {
    listEvents: () => Promise.resolve({ rows, next: null }),
    stats: () => Promise.resolve({ runs: { dead: 0, held: 0, due: 0, waiting: 0, running: 0, done: 9, ...runs } }),
  };
  return judge({
    ledger: ledger as unknown as EndState['ledger'],
    crms: new Map([['crm', crm(rightState())]]),
    traffic: { acknowledged: new Set(keys), calls, otherAnswers: answers ?? new Map() },
    toleratedAnswers: new Set([503]),
  });
}

test('a right end state has no problems, and 503 is what platforms retry', async () => {
  expect((await judged({ answers: new Map([[503, 4]]) })).problems).toEqual([]);
});

test('an acknowledged event that is gone is lost', async () => {
  const verdict = await judged({ events: (rows) => rows.slice(1) });
  expect(verdict.ledger.lost).toEqual([keys[0]]);
  expect(verdict.problems).toEqual([`ledger: ${keys[0]} was acknowledged and is lost`]);
});

test('an event that nobody sent is told', async () => {
  const stranger = { source: 'callab', bodyHash: 'f00', duplicates: 0 };
  const verdict = await judged({ events: (rows) => [...rows, stranger] });
  expect(verdict.problems).toEqual(['ledger: callab f00 was never sent']);
});

test('a doubled contact, a missing task and a wrong field are told', async () => {
  const doubled = await judged({
    crm: (state) => ({ ...state, contacts: [...state.contacts, ...state.contacts.slice(0, 1)] }),
  });
  expect(doubled.problems).toEqual([expect.stringMatching(/^crm: contacts \+1\d+ is there more than once$/)]);
  const missing = await judged({ crm: (state) => ({ ...state, tasks: state.tasks.slice(1) }) });
  expect(missing.problems).toEqual([expect.stringMatching(/^crm: tasks .+ is missing$/)]);
  const wrong = await judged({
    crm: (state) => ({
      ...state,
      calls: state.calls.map((call, index) => (index === 0 ? { ...call, duration_s: -1 } : call)),
    }),
  });
  expect(wrong.problems).toEqual([expect.stringMatching(/^crm: calls .+: duration_s is -1, should be \d/)]);
});

test('work that is left, a dead letter, and an answer no platform should get are told', async () => {
  expect((await judged({ runs: { due: 2, dead: 1 } })).problems).toEqual(['1 runs are dead', '2 runs are due']);
  expect((await judged({ answers: new Map([[400, 3]]) })).problems).toEqual(['3 deliveries were answered 400']);
});
