import type { CallFields } from '../../src/domain/call.ts';
import type { ClaimedRun, Fold, FinishedAttempt, Join, Ledger, NewEvent, WantedRun } from '../../src/ledger/ledger.ts';
import type { SandboxStore } from '../../src/ledger/sandbox-store.ts';
import { hashText } from '../../src/shared/hash.ts';
import { createIds } from '../../src/shared/ids.ts';
import { exampleCall } from './call.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** A ledger under test; `reopen` closes and opens the same one, as a restart would. */
export interface LedgerHarness {
  readonly ledger: Ledger & { readonly sandbox: SandboxStore };
  /** What retention counts against its limit. */
  usedBytes(): Promise<number>;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export type OpenLedgerHarness = (clock: ManualClock) => Promise<LedgerHarness>;

/** What one delivery of the made-up platform says: its call and any fields of it. */
export interface Says {
  readonly call: string;
  readonly fields?: Partial<CallFields>;
  readonly source?: string;
}

export const nobodyJoins: Join = () => null;

/** Small words for long stories: deliveries, folds and attempts on one ledger. */
export interface LedgerWorld {
  readonly clock: ManualClock;
  readonly harness: LedgerHarness;
  readonly newEvent: (says: Says, rest?: Partial<NewEvent>) => NewEvent;
  readonly record: (says: Says, rest?: Partial<NewEvent>) => Promise<string>;
  /** Folds until nothing is pending; every call wants these runs. */
  readonly fold: (wanted?: readonly Wish[], join?: Join) => Promise<void>;
  readonly claim: (rest?: Partial<Parameters<Ledger['claimRuns']>[0]>) => Promise<readonly ClaimedRun[]>;
  readonly finish: (run: ClaimedRun, rest?: Partial<FinishedAttempt>) => Promise<boolean>;
}

export type Wish = Partial<WantedRun>;

export async function openLedgerWorld(open: OpenLedgerHarness): Promise<LedgerWorld> {
  const clock = createManualClock();
  const harness = await open(clock);
  const ids = createIds(clock);
  const newEvent = (says: Says, rest: Partial<NewEvent> = {}): NewEvent => toEvent(says, ids.next('evt'), clock, rest);
  return {
    clock,
    harness,
    newEvent,
    async record(says, rest) {
      // Ids of one millisecond have no order.
      clock.advance(1);
      return (await harness.ledger.recordEvent(newEvent(says, rest))).id;
    },
    async fold(wanted = [{}], join = nobodyJoins) {
      for (;;) {
        const batch = await harness.ledger.foldPending(10, foldByOrder(wanted, clock), join);
        for (const { error } of batch.failed) throw error;
        if (!batch.more) return;
      }
    },
    claim: (rest = {}) =>
      harness.ledger.claimRuns({
        destination: 'crm',
        limit: 10,
        owner: 'worker',
        leaseMs: 60_000,
        nowMs: clock.now(),
        ...rest,
      }),
    finish: (run, rest = {}) => harness.ledger.finishAttempt({ ...doneAttempt(run, clock.now()), ...rest }),
  };
}

/** A fold that is simple to foretell: fields of later deliveries win, the customer's number is the person. */
export function foldByOrder(wanted: readonly Wish[], clock: { now(): number }): Fold {
  return ({ events, source, providerCallId }) => {
    const said = events.map((event) => JSON.parse(event.body.toString()) as Says);
    const fields = Object.assign({}, exampleCall(), ...said.map((each) => each.fields ?? {})) as CallFields;
    const times = events.map((event) => new Date(event.receivedAtMs).toISOString()).toSorted();
    return {
      fields,
      firstEventAt: times[0] ?? '',
      lastEventAt: times.at(-1) ?? '',
      eventTypes: [...new Set(events.map((event) => event.type))].toSorted(),
      personKey: fields.customer_number ?? `call:${source}/${providerCallId}`,
      runs: wanted.map((wish) => ({
        integration: 'Keep the CRM in step',
        destination: 'crm',
        state: 'due',
        dueAtMs: clock.now(),
        waitsAtMostMs: Infinity,
        configHash: 'config-1',
        trigger: 'call.ended',
        ...wish,
      })),
      unmatched: wanted.length === 0 ? ['Keep the CRM in step: when is false'] : [],
    };
  };
}

function toEvent(says: Says, id: string, clock: ManualClock, rest: Partial<NewEvent>): NewEvent {
  const body = Buffer.from(JSON.stringify(says));
  return {
    id,
    source: says.source ?? 'tracking',
    platform: 'custom',
    receiptKey: id,
    semanticKey: null,
    type: 'call.ended',
    providerEvent: 'ended',
    callId: says.call,
    receivedAtMs: clock.now(),
    body,
    bodyHash: hashText(body.toString()),
    contentType: 'application/json',
    headers: [['x-event', 'ended']],
    proof: 'secret 1',
    notes: [],
    state: 'pending',
    ...rest,
  };
}

function doneAttempt(run: ClaimedRun, nowMs: number): FinishedAttempt {
  return {
    runId: run.id,
    owner: 'worker',
    startedAtMs: nowMs,
    finishedAtMs: nowMs,
    callVersion: run.call.version,
    configHash: run.configHash,
    outcome: { kind: 'done' },
    next: { state: 'done' },
    countsAsAttempt: true,
    steps: [],
    requests: [],
  };
}
