import { Gauge, type Registry } from 'prom-client';

import type { Clock } from '../shared/clock.ts';

/** What waits in the ledger; times are epoch milliseconds. */
export interface BacklogReading {
  readonly pendingEvents: number;
  readonly oldestPendingEventMs: number | null;
  readonly runs: Readonly<Record<string, number>>;
  readonly due: readonly { readonly destination: string; readonly count: number; readonly oldestMs: number }[];
  readonly dead: readonly { readonly destination: string; readonly count: number }[];
  readonly bytes: number;
}

export interface DestinationReading {
  readonly destination: string;
  readonly inFlight: number;
  readonly maxInFlight: number;
  readonly waiting: number;
  readonly blockedUntilMs: number;
  readonly windows: readonly { readonly n: number; readonly seconds: number; readonly left: number }[];
  readonly pause: { readonly untilMs: number | null } | null;
}

/** Asked at each scrape. What a process does not have, it leaves out: a receiver does not read the ledger. */
export interface Readings {
  readonly ready?: () => boolean | Promise<boolean>;
  /** True while the ledger takes no writes. */
  readonly ledgerFailing?: () => boolean;
  readonly backlog?: () => Promise<BacklogReading>;
  readonly destinations?: () => readonly DestinationReading[];
  /** The doorbell between processes. */
  readonly redis?: () => { readonly up: boolean; readonly droppedBells: number };
  /** Bytes that are left for us on the disk of DATA_DIR. */
  readonly freeBytes?: () => Promise<number>;
}

/**
 * A ledger that does not answer must not take the other numbers with it: those are needed most just then. What it said
 * last stays, and `ledger_readable` says that it is old.
 */
const READ_LIMIT_MS = 3_000;

/** Gauges that are read when somebody looks; `read` brings them up to date and never rejects. */
export function createGauges(
  registry: Registry,
  clock: Clock,
): { add(readings: Readings): void; read(): Promise<void> } {
  let all: Readings = {};
  const lazy = createLazyGauges(registry);
  return {
    add(readings) {
      all = { ...all, ...readings };
    },
    async read() {
      setProcess(lazy, all);
      if (all.ready !== undefined) lazy.set('ready', (await all.ready()) ? 1 : 0);
      for (const reading of all.destinations?.() ?? []) setDestination(lazy, reading, clock.now());
      const [backlog, freeBytes] = await Promise.all([inTime(all.backlog), inTime(all.freeBytes)]);
      if (all.backlog !== undefined) lazy.set('ledger_readable', backlog === null ? 0 : 1);
      if (backlog !== null) setBacklog(lazy, backlog, clock.now());
      if (freeBytes !== null) lazy.set('data_dir_free_bytes', freeBytes);
    },
  };
}

type SetGauge = (name: keyof typeof GAUGES, value: number, labels?: Readonly<Record<string, string>>) => void;

interface LazyGauges {
  readonly set: SetGauge;
  /** Forgets all values, so that what is gone (a destination without due runs) does not stay as it was. */
  readonly clear: (...names: readonly (keyof typeof GAUGES)[]) => void;
}

const GAUGES = {
  ready: ['1 while /readyz says yes.', []],
  ledger_failing: ['1 while the ledger takes no writes: webhooks are answered 503.', []],
  ledger_readable: ['1 when the ledger could be read for this scrape; 0: what waits is not known.', []],
  ledger_size_bytes: ['Size of the ledger on disk.', []],
  data_dir_free_bytes: ['Room left on the disk of DATA_DIR.', []],
  pending_events: ['Events that wait to be folded into their call.', []],
  oldest_pending_event_seconds: ['Age of the oldest of them; 0 when none waits.', []],
  runs: ['Runs that are not done, by state.', ['state']],
  due_runs: ['Runs that could start now.', ['destination']],
  oldest_due_run_seconds: ['For how long the oldest of them has waited.', ['destination']],
  dead_runs: ['Dead letters: runs that wait for a person.', ['destination']],
  destination_in_flight: ['Requests under way.', ['destination']],
  destination_in_flight_limit: ['Requests that may be under way at the same time.', ['destination']],
  destination_waiting_requests: ['Requests that wait for their turn in the budget.', ['destination']],
  destination_budget_left: ['Requests that still fit into the rate, per window.', ['destination', 'window']],
  destination_budget_limit: ['Requests the rate allows, per window.', ['destination', 'window']],
  destination_blocked_seconds: ['For how long the CRM asked us to be silent (429); 0: it did not.', ['destination']],
  destination_paused: [
    '1 while paused; until=time: comes back by itself, until=person: does not.',
    ['destination', 'until'],
  ],
  redis_up: ['1 while Redis answers; without it workers poll the ledger.', []],
  redis_dropped_bells: ['Bells since the start that Redis did not take; their work was found by polling.', []],
} as const satisfies Record<string, readonly [help: string, labels: readonly string[]]>;

/** A gauge is registered when it gets its first value: a process shows what it has, not zeros for what it has not. */
function createLazyGauges(registry: Registry): LazyGauges {
  const gauges = new Map<string, Gauge>();
  return {
    set(name, value, labels = {}) {
      const [help, labelNames] = GAUGES[name];
      const gauge =
        gauges.get(name) ?? new Gauge({ name: `hookline_${name}`, help, labelNames, registers: [registry] });
      gauges.set(name, gauge);
      gauge.set(labels, value);
    },
    clear: (...names) => {
      for (const name of names) gauges.get(name)?.reset();
    },
  };
}

function setProcess({ set }: LazyGauges, { ledgerFailing, redis }: Readings): void {
  if (ledgerFailing !== undefined) set('ledger_failing', ledgerFailing() ? 1 : 0);
  const doorbell = redis?.();
  if (doorbell === undefined) return;
  set('redis_up', doorbell.up ? 1 : 0);
  set('redis_dropped_bells', doorbell.droppedBells);
}

function setDestination({ set }: LazyGauges, reading: DestinationReading, nowMs: number): void {
  const { destination, windows, pause } = reading;
  const labels = { destination };
  set('destination_in_flight', reading.inFlight, labels);
  set('destination_in_flight_limit', reading.maxInFlight, labels);
  set('destination_waiting_requests', reading.waiting, labels);
  set('destination_blocked_seconds', secondsBetween(nowMs, reading.blockedUntilMs), labels);
  const until = pause === null ? null : pause.untilMs === null ? 'person' : 'time';
  set('destination_paused', until === 'time' ? 1 : 0, { ...labels, until: 'time' });
  set('destination_paused', until === 'person' ? 1 : 0, { ...labels, until: 'person' });
  for (const { n, seconds, left } of windows) {
    set('destination_budget_left', left, { ...labels, window: `${seconds}s` });
    set('destination_budget_limit', n, { ...labels, window: `${seconds}s` });
  }
}

function setBacklog({ set, clear }: LazyGauges, reading: BacklogReading, nowMs: number): void {
  const { oldestPendingEventMs } = reading;
  clear('due_runs', 'oldest_due_run_seconds', 'dead_runs');
  set('ledger_size_bytes', reading.bytes);
  set('pending_events', reading.pendingEvents);
  set('oldest_pending_event_seconds', secondsBetween(oldestPendingEventMs ?? nowMs, nowMs));
  for (const [state, count] of Object.entries(reading.runs)) set('runs', count, { state });
  for (const { destination, count } of reading.dead) set('dead_runs', count, { destination });
  for (const { destination, count, oldestMs } of reading.due) {
    set('due_runs', count, { destination });
    set('oldest_due_run_seconds', secondsBetween(oldestMs, nowMs), { destination });
  }
}

/** Null when there is nothing to read, when that fails, or when it takes too long. */
async function inTime<Value>(read: (() => Promise<Value>) | undefined): Promise<Value | null> {
  if (read === undefined) return null;
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), READ_LIMIT_MS);
  try {
    return await Promise.race([read(), promise]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, (toMs - fromMs) / 1000);
}
