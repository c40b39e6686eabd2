/*
 * Several processes write one PostgreSQL ledger at the same time. SQLite's single writer cannot show what may go wrong
 * there: two folds of one call, two claims of one person, a replay between an attempt's last two statements.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { CallFields } from '../../../src/domain/call.ts';
import type { LedgerWithSandbox } from '../../../src/ledger/create-ledger.ts';
import type { ClaimedRun, NewEvent } from '../../../src/ledger/ledger.ts';
import { openPostgresLedger } from '../../../src/ledger/postgres/open-postgres-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { foldByOrder, nobodyJoins, openLedgerWorld, type Says } from '../../support/ledger-world.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

const PROCESSES = 3;
const CALLS = 40;
const EVENTS_PER_CALL = 5;
const PEOPLE = 6;
const DESTINATIONS = ['crm', 'other'];

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function openLedgers(): Promise<readonly LedgerWithSandbox[]> {
  const url = await postgres.createDatabase();
  // At once, as processes start: one migrates, the others wait for it.
  return Promise.all(
    Array.from({ length: PROCESSES }, () =>
      openPostgresLedger({ url, clock: systemClock, ids: createIds(systemClock) }),
    ),
  );
}

/** Events as the made-up platform of the ledger world sends them, with the times and ids of now. */
async function eventMaker(): Promise<(says: Says, rest?: Partial<NewEvent>) => NewEvent> {
  const world = await openLedgerWorld(() => Promise.resolve({} as never));
  const ids = createIds(systemClock);
  return (says, rest) => {
    const id = ids.next('evt');
    return { ...world.newEvent(says), id, receiptKey: id, receivedAtMs: Date.now(), ...rest };
  };
}

const WANTED = DESTINATIONS.map((destination) => ({ integration: `Keep ${destination} in step`, destination }));
const foldAll = foldByOrder(WANTED, systemClock);

/** Who works on whom, as somebody sees it who watches all workers. */
class Watch {
  readonly #busy = new Map<string, string>();
  readonly violations: string[] = [];

  begin(run: ClaimedRun): void {
    for (const key of [`run ${run.id}`, `person ${run.destination} ${run.personKey}`]) {
      const other = this.#busy.get(key);
      if (other !== undefined) this.violations.push(`${key}: ${other} and ${run.id}`);
      this.#busy.set(key, run.id);
    }
  }

  end(run: ClaimedRun): void {
    this.#busy.delete(`run ${run.id}`);
    this.#busy.delete(`person ${run.destination} ${run.personKey}`);
  }
}

/** The same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

class Process {
  readonly #ledger: LedgerWithSandbox;
  readonly #watch: Watch;
  readonly #random: () => number;
  readonly #name: string;
  #claims = 0;

  constructor(ledger: LedgerWithSandbox, watch: Watch, name: string) {
    this.#ledger = ledger;
    this.#watch = watch;
    this.#name = name;
    this.#random = createRandom(name.length * 7919 + name.charCodeAt(name.length - 1));
  }

  async fold(): Promise<void> {
    const batch = await this.#ledger.foldPending(10, foldAll, nobodyJoins);
    for (const { error } of batch.failed) throw error;
  }

  async work(destination: string): Promise<void> {
    this.#claims += 1;
    const owner = `${this.#name} ${this.#claims}`;
    const claim = { destination, limit: 4, owner, leaseMs: 60_000, nowMs: Date.now() };
    const runs = await this.#ledger.claimRuns(claim);
    for (const run of runs) this.#watch.begin(run);
    await Promise.all(runs.map((run) => this.#execute(run, owner)));
  }

  /** A call is replayed, a run is replayed: whoever looks at the dashboard may do so at any time. */
  async replay(): Promise<void> {
    const { rows } = await this.#ledger.listRuns({ limit: 20 });
    const row = rows[Math.floor(this.#random() * rows.length)];
    const id = this.#random() < 0.5 ? row?.callId : row?.run.id;
    if (id !== undefined) await this.#ledger.replay({ id, force: false, nowMs: Date.now() });
  }

  async #execute(run: ClaimedRun, owner: string): Promise<void> {
    await this.#ledger.saveStep(run.id, owner, run.call.version, 0, { done: true });
    if (this.#random() < 0.1) {
      this.#watch.end(run);
      return this.#ledger.releaseRuns(owner, [run.id]);
    }
    const retry = this.#random() < 0.2;
    const nowMs = Date.now();
    // Before it is finished: the next worker may have the run before we hear that we gave it back.
    this.#watch.end(run);
    const kept = await this.#ledger.finishAttempt({
      runId: run.id,
      owner,
      startedAtMs: nowMs,
      finishedAtMs: nowMs,
      callVersion: run.call.version,
      configHash: run.configHash,
      outcome: retry ? { kind: 'retry', reason: 'busy' } : { kind: 'done' },
      next: retry ? { state: 'due', dueAtMs: nowMs, destination: run.destination } : { state: 'done' },
      countsAsAttempt: true,
      steps: [],
      requests: [],
    });
    if (!kept) this.#watch.violations.push(`${run.id} was lost although its lease had not ended`);
  }
}

async function until(isOver: () => boolean, work: () => Promise<void>): Promise<void> {
  while (!isOver()) await work();
}

async function settle(ledgers: readonly LedgerWithSandbox[], processes: readonly Process[]): Promise<void> {
  for (;;) {
    for (const each of processes) await each.fold();
    for (const destination of DESTINATIONS) await Promise.all(processes.map((each) => each.work(destination)));
    const { events, runs } = await ledgers[0]!.stats();
    if (events['pending'] === 0 && runs.due + runs.running + runs.waiting === 0) return;
  }
}

/** The call is what one process alone would have made of its events, and every run has brought it out. */
async function expectModel(ledger: LedgerWithSandbox, callId: string): Promise<void> {
  const story = await ledger.callStory(callId);
  expect(story?.events).toHaveLength(EVENTS_PER_CALL);
  expect(story?.duplicates).toHaveLength(EVENTS_PER_CALL);
  const said = story?.events.map((event) => JSON.parse(event.body.toString()) as Says) ?? [];
  const fields = Object.assign({}, ...said.map((each) => each.fields)) as CallFields;
  expect(story?.call).toMatchObject({ ...fields });
  expect(story?.runs).toHaveLength(DESTINATIONS.length);
  for (const { run } of story!.runs) {
    expect(run).toMatchObject({ state: 'done', doneVersion: story?.call.version });
  }
}

test('whatever processes do at the same time, every event is in its call, and no person is worked on twice', async () => {
  const ledgers = await openLedgers();
  const makeEvent = await eventMaker();
  const watch = new Watch();
  const processes = ledgers.map((ledger, index) => new Process(ledger, watch, `process ${index}`));
  const events = Array.from({ length: CALLS * EVENTS_PER_CALL }, (_, index) => {
    const call = index % CALLS;
    const fields = { customer_number: `+${(call + (index > CALLS * 3 ? 1 : 0)) % PEOPLE}`, notes: `said ${index}` };
    return makeEvent({ call: `c${call}`, fields });
  });
  let recorded = false;
  const answers: string[] = [];
  const record = async () => {
    for (let from = 0; from < events.length; from += 10) {
      const group = events.slice(from, from + 10);
      // Every delivery comes twice, to two receivers, at the same moment.
      const twice = await Promise.all(
        [0, 1].flatMap((copy) =>
          group.map((event) =>
            ledgers[(from / 10 + copy) % PROCESSES]!.recordEvent(
              copy === 0 ? event : { ...event, id: `${event.id}copy` },
            ),
          ),
        ),
      );
      answers.push(...twice.map((answer) => answer.kind));
    }
    recorded = true;
  };
  const over = () => recorded;
  await Promise.all([
    record(),
    ...processes.flatMap((each) => [
      until(over, () => each.fold()),
      until(over, () => each.work('crm')),
      until(over, () => each.work('other')),
      until(over, () => each.replay()),
    ]),
  ]);
  await settle(ledgers, processes);

  expect(watch.violations).toEqual([]);
  expect(answers.filter((kind) => kind === 'recorded')).toHaveLength(events.length);
  expect(answers.filter((kind) => kind === 'duplicate')).toHaveLength(events.length);
  for (let call = 0; call < CALLS; call++) await expectModel(ledgers[0]!, `c${call}`);
  await Promise.all(ledgers.map((ledger) => ledger.close()));
}, 120_000);

test('an event that arrives while retention deletes its call is kept, and makes the call anew', async () => {
  const ledgers = await openLedgers();
  const [ledger, other] = ledgers as [LedgerWithSandbox, LedgerWithSandbox];
  const makeEvent = await eventMaker();
  const foldNothing = foldByOrder([], systemClock);
  const calls = Array.from({ length: 60 }, (_, index) => `old${index}`);
  await Promise.all(calls.map((call) => ledger.recordEvent(makeEvent({ call }))));
  while ((await ledger.foldPending(100, foldNothing, nobodyJoins)).more);
  const limits = { beforeMs: Date.now() + 1, maxBytes: Number.MAX_SAFE_INTEGER };
  const late = calls.map((call) => makeEvent({ call }, { receivedAtMs: Date.now() + 60_000 }));
  const folding = async () => {
    for (let round = 0; round < 20; round++) await other.foldPending(5, foldNothing, nobodyJoins);
  };
  await Promise.all([
    ledger.prune(limits),
    folding(),
    ...late.map(async (event, index) => {
      for (let turn = 0; turn < index % 12; turn++) await other.hasPendingEvents();
      await other.recordEvent(event);
    }),
  ]);
  while ((await ledger.foldPending(100, foldNothing, nobodyJoins)).more);
  for (const event of late) {
    expect((await ledger.findEvent(event.id))?.state).toBe('folded');
    expect(await ledger.callStory(event.callId ?? '')).not.toBeNull();
  }
  await Promise.all(ledgers.map((each) => each.close()));
}, 60_000);

test('an orphan and its call that arrive at the same moment find each other', async () => {
  const ledgers = await openLedgers();
  const makeEvent = await eventMaker();
  const foldNothing = foldByOrder([], systemClock);
  const orphans: NewEvent[] = [];
  for (let round = 0; round < 15; round++) {
    const call = `call${round}`;
    const orphan = makeEvent({ call: `unknown${round}` }, { orphan: true });
    orphans.push(orphan);
    const join = ({ event, candidates }: Parameters<typeof nobodyJoins>[0]) => {
      const wanted = `call${event.callId?.slice('unknown'.length)}`;
      return candidates.some(({ providerCallId }) => providerCallId === wanted)
        ? { providerCallId: wanted, reason: 'test' }
        : null;
    };
    await ledgers[0]!.recordEvent(makeEvent({ call }));
    const fold = (index: number) => ledgers[index]!.foldPending(10, foldNothing, join);
    await Promise.all([fold(0), ledgers[1]!.recordEvent(orphan).then(() => fold(1)), fold(2)]);
    while ((await fold(0)).more);
  }
  for (const orphan of orphans) {
    expect(await ledgers[0]!.findEvent(orphan.id)).toMatchObject({ state: 'folded' });
  }
  await Promise.all(ledgers.map((each) => each.close()));
}, 60_000);
