import { Registry, collectDefaultMetrics } from 'prom-client';

import type { OutcomeKind } from '../domain/outcome.ts';
import type { Clock } from '../shared/clock.ts';
import { createGauges, type Readings } from './gauges.ts';
import { createInstruments, type Instruments } from './instruments.ts';

/** One attempt that ended, as far as it is counted. */
export interface EndedAttempt {
  readonly destination: string;
  readonly outcome: OutcomeKind;
  /** Where the run goes: `lost` when another worker has it, `handed_over` to the next destination, `returned` at a stop. */
  readonly next: 'done' | 'retry' | 'held' | 'dead' | 'handed_over' | 'returned' | 'lost';
  /** From when the run could have been claimed to its start. */
  readonly waitedSeconds: number;
  readonly seconds: number;
  /** What became of its records, one entry each. */
  readonly records: readonly { readonly kind: string; readonly action: string }[];
  readonly droppedFields: number;
}

/** Everything Hookline counts. Labels are names from the config or from code, never text from outside. */
export interface Metrics {
  /** `kind`: `recorded`, `duplicate` or `quarantined`. */
  eventAnswered(source: string, kind: 'recorded' | 'duplicate' | 'quarantined'): void;
  /** `source` is null when the request named no configured source. */
  requestRefused(source: string | null, cause: string, status: number): void;
  /** From the first byte of the request's head to the answer. */
  acknowledged(seconds: number): void;
  /** From the receipt of an event to its fold. */
  folded(lagSeconds: number): void;
  attemptEnded(attempt: EndedAttempt): void;
  /** `operation`: what it was for (`find`, `write_contact`); `result`: a status class such as `2xx`, or `not_sent`, `unknown`. */
  requestSent(request: {
    readonly destination: string;
    readonly operation: string;
    readonly result: string;
    readonly seconds: number;
  }): void;
  /** The ledger could not be written; `code` as in LedgerUnavailableError. */
  ledgerFailed(code: string): void;
  pruned(deleted: { readonly events: number; readonly calls: number; readonly refusals: number }, atMs: number): void;
  /** What is read at each scrape, from now on; later calls add to earlier ones. */
  readAtScrape(readings: Readings): void;
  /** The Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface About {
  readonly version: string;
  readonly role: string;
  /** `embedded`, `scaled_out`, `postgres`. */
  readonly mode: string;
}

/** A registry of its own, so that several daemons can live in one test process. */
export function createMetrics(about: About, clock: Clock): Metrics {
  const registry = new Registry();
  // Memory, CPU, garbage collection and event-loop lag.
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registry);
  const gauges = createGauges(registry, clock);
  instruments.info.set({ ...about }, 1);
  return {
    ...countReceived(instruments),
    folded: (lagSeconds) => instruments.foldLag.observe(lagSeconds),
    attemptEnded: (attempt) => countAttempt(instruments, attempt),
    requestSent({ destination, operation, result, seconds }) {
      instruments.requests.inc({ destination, operation, result });
      instruments.requestSeconds.observe({ destination, operation }, seconds);
    },
    ledgerFailed: (code) => instruments.ledgerFailures.inc({ code }),
    pruned(deleted, atMs) {
      const { events, calls, refusals } = deleted;
      for (const [kind, count] of Object.entries({ events, calls, refusals })) instruments.pruned.inc({ kind }, count);
      instruments.lastPrune.set(atMs / 1000);
    },
    readAtScrape: (readings) => gauges.add(readings),
    async render() {
      await gauges.read();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function countReceived(instruments: Instruments): Pick<Metrics, 'eventAnswered' | 'requestRefused' | 'acknowledged'> {
  return {
    eventAnswered: (source, kind) => instruments.events.inc({ source, kind }),
    requestRefused: (source, cause, status) => instruments.refusals.inc({ source: source ?? 'unknown', cause, status }),
    acknowledged: (seconds) => instruments.ack.observe(seconds),
  };
}

function countAttempt(instruments: Instruments, attempt: EndedAttempt): void {
  const { destination, outcome, next, records } = attempt;
  instruments.attempts.inc({ destination, outcome, next });
  instruments.runWait.observe({ destination }, Math.max(0, attempt.waitedSeconds));
  instruments.attemptSeconds.observe({ destination }, attempt.seconds);
  for (const { kind, action } of records) instruments.records.inc({ destination, kind, action });
  if (attempt.droppedFields > 0) instruments.droppedFields.inc({ destination }, attempt.droppedFields);
}
