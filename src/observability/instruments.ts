import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** 4 s is what a sender gets at most (design.md section 4). */
const ACK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 4];
const LAG_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800];
/** Retries wait for hours. */
const WAIT_BUCKETS = [0.05, 0.25, 1, 5, 15, 60, 300, 1800, 7200, 28_800];
const REQUEST_BUCKETS = [0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Instruments = ReturnType<typeof receiveInstruments> &
  ReturnType<typeof workInstruments> &
  ReturnType<typeof ledgerInstruments>;

/** What is counted as it happens. Every name is explained in docs/operations.md, which a test holds us to. */
export function createInstruments(registry: Registry): Instruments {
  return { ...receiveInstruments(registry), ...workInstruments(registry), ...ledgerInstruments(registry) };
}

function receiveInstruments(registry: Registry) {
  const { counter, gauge, histogram } = makers(registry);
  return {
    info: gauge('info', 'Always 1; the labels tell what runs here.', ['version', 'role', 'mode']),
    events: counter('events_total', 'Deliveries answered 200, by what they were.', ['source', 'kind']),
    refusals: counter('refusals_total', 'Deliveries not answered 200, by answer and cause.', [
      'source',
      'cause',
      'status',
    ]),
    ack: histogram('ack_seconds', 'From a request to its 200: the event is on disk by then.', ACK_BUCKETS, []),
  };
}

function workInstruments(registry: Registry) {
  const { counter, histogram } = makers(registry);
  return {
    foldLag: histogram('fold_lag_seconds', 'From the receipt of an event to its fold into a call.', LAG_BUCKETS, []),
    attempts: counter('attempts_total', 'Attempts of runs, by outcome and by where the run went.', [
      'destination',
      'outcome',
      'next',
    ]),
    attemptSeconds: histogram('attempt_seconds', 'Duration of attempts.', REQUEST_BUCKETS, ['destination']),
    runWait: histogram('run_wait_seconds', 'From when a run could start to its start.', WAIT_BUCKETS, ['destination']),
    records: counter('records_total', 'Records in the CRM that attempts dealt with, by what became of them.', [
      'destination',
      'kind',
      'action',
    ]),
    droppedFields: counter('dropped_fields_total', 'Field values the CRM could not take.', ['destination']),
    requests: counter('destination_requests_total', 'Requests to a CRM, by what they were for and how they ended.', [
      'destination',
      'operation',
      'result',
    ]),
    requestSeconds: histogram('destination_request_seconds', 'Duration of requests to a CRM.', REQUEST_BUCKETS, [
      'destination',
      'operation',
    ]),
  };
}

function ledgerInstruments(registry: Registry) {
  const { counter, gauge } = makers(registry);
  return {
    ledgerFailures: counter('ledger_failures_total', 'Writes the ledger refused or did not finish in time.', ['code']),
    pruned: counter('pruned_total', 'Rows that retention deleted.', ['kind']),
    lastPrune: gauge('last_prune_timestamp_seconds', 'When retention last ran to its end; 0: not since the start.', []),
  };
}

function makers(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Counter({ name: `hookline_${name}`, help, labelNames, registers }),
    gauge: <Label extends string>(name: string, help: string, labelNames: Label[]) =>
      new Gauge({ name: `hookline_${name}`, help, labelNames, registers }),
    histogram: <Label extends string>(name: string, help: string, buckets: number[], labelNames: Label[]) =>
      new Histogram({ name: `hookline_${name}`, help, buckets, labelNames, registers }),
  };
}
