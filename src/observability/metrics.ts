import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

import type { OutcomeKind } from '../domain/outcome.ts';

/** Age of the oldest work not done yet, seconds; null when nothing waits. */
export interface Backlog {
  readonly oldestEventSeconds: number | null;
  readonly oldestRunSeconds: number | null;
}

/** Everything Hookline counts. Labels are names from the config or from code, never text from outside. */
export interface Metrics {
  /** `kind`: `recorded`, `duplicate` or `quarantined`. */
  eventAnswered(source: string, kind: 'recorded' | 'duplicate' | 'quarantined'): void;
  /** `source` is null when the request named no configured source. */
  requestRefused(source: string | null, cause: string): void;
  /** From the first byte of the request's head to the answer. */
  acknowledged(seconds: number): void;
  /** From the receipt of an event to its fold. */
  folded(lagSeconds: number): void;
  attemptEnded(destination: string, outcome: OutcomeKind): void;
  /** `operation`: what it was for (`find`, `write_contact`); `result`: a status class such as `2xx`, or `not_sent`, `unknown`. */
  requestSent(request: {
    readonly destination: string;
    readonly operation: string;
    readonly result: string;
    readonly seconds: number;
  }): void;
  /** The Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const ACK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 4];
const LAG_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800];

/** A registry of its own, so that several daemons can live in one test process. `backlog` is read at each scrape. */
export function createMetrics(options: { readonly backlog?: () => Promise<Backlog> } = {}): Metrics {
  const registry = new Registry();
  // Memory, CPU, garbage collection and event-loop lag.
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registry);
  const { backlog } = options;
  if (backlog !== undefined) addBacklog(registry, backlog);
  return {
    eventAnswered: (source, kind) => instruments.events.inc({ source, kind }),
    requestRefused: (source, cause) => instruments.refusals.inc({ source: source ?? 'unknown', cause }),
    acknowledged: (seconds) => instruments.ack.observe(seconds),
    folded: (lagSeconds) => instruments.foldLag.observe(lagSeconds),
    attemptEnded: (destination, outcome) => instruments.attempts.inc({ destination, outcome }),
    requestSent({ destination, operation, result, seconds }) {
      instruments.requests.inc({ destination, operation, result });
      instruments.requestSeconds.observe({ destination, operation }, seconds);
    },
    async render() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name: `hookline_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[] = []) =>
    new Histogram({ name: `hookline_${name}`, help, buckets, labelNames, registers });
  return {
    events: counter('events_total', 'Deliveries answered 200.', ['source', 'kind']),
    refusals: counter('refusals_total', 'Requests answered otherwise, by cause.', ['source', 'cause']),
    ack: histogram('ack_seconds', 'Time from request to 200.', ACK_BUCKETS),
    foldLag: histogram('fold_lag_seconds', 'Time from receipt to fold.', LAG_BUCKETS),
    attempts: counter('attempts_total', 'Attempts of runs, by outcome.', ['destination', 'outcome']),
    requests: counter('destination_requests_total', 'Requests to destinations.', [
      'destination',
      'operation',
      'result',
    ]),
    requestSeconds: histogram('destination_request_seconds', 'Duration of requests.', LAG_BUCKETS, [
      'destination',
      'operation',
    ]),
  };
}

function addBacklog(registry: Registry, backlog: () => Promise<Backlog>): void {
  const registers = [registry];
  const oldestRun = new Gauge({
    name: 'hookline_oldest_due_run_seconds',
    help: 'Age of the oldest run that should have run.',
    registers,
  });
  const oldestEvent = new Gauge({
    name: 'hookline_oldest_pending_event_seconds',
    help: 'Age of the oldest event not folded yet.',
    registers,
    async collect() {
      // A ledger that does not answer must not take the other numbers with it: those are needed most just then.
      const ages = await backlog().catch(() => ({ oldestEventSeconds: Number.NaN, oldestRunSeconds: Number.NaN }));
      oldestEvent.set(ages.oldestEventSeconds ?? 0);
      oldestRun.set(ages.oldestRunSeconds ?? 0);
    },
  });
}
