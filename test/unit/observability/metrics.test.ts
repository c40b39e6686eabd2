import { expect, test } from '@jest/globals';

import type { BacklogReading, DestinationReading } from '../../../src/observability/gauges.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const ABOUT = { version: '1.2.3', role: 'worker', mode: 'embedded' };
const clock = createManualClock();

const BACKLOG: BacklogReading = {
  pendingEvents: 3,
  oldestPendingEventMs: clock.now() - 7_000,
  runs: { waiting: 1, due: 2, running: 0, held: 0, dead: 4 },
  due: [{ destination: 'crm', count: 2, oldestMs: clock.now() - 90_000 }],
  dead: [{ destination: 'crm', count: 4 }],
  bytes: 4096,
};

const CRM: DestinationReading = {
  destination: 'crm',
  inFlight: 1,
  maxInFlight: 4,
  waiting: 2,
  blockedUntilMs: clock.now() + 5_000,
  windows: [{ n: 100, seconds: 10, left: 40 }],
  pause: { untilMs: null },
};

test('everything counted is rendered with its labels', async () => {
  const metrics = createMetrics(ABOUT, clock);
  metrics.eventAnswered('callab', 'recorded');
  metrics.eventAnswered('callab', 'recorded');
  metrics.requestRefused(null, 'unknown_source', 401);
  metrics.acknowledged(0.004);
  metrics.folded(0.2);
  metrics.attemptEnded({
    destination: 'crm',
    outcome: 'done',
    next: 'done',
    waitedSeconds: 3,
    seconds: 0.2,
    records: [{ kind: 'contact', action: 'created' }],
    droppedFields: 2,
  });
  metrics.requestSent({ destination: 'crm', operation: 'find', result: '2xx', seconds: 0.02 });
  metrics.ledgerFailed('SQLITE_FULL');
  metrics.pruned({ events: 5, calls: 1, refusals: 0 }, clock.now());
  const { contentType, text } = await metrics.render();
  expect(contentType).toContain('text/plain');
  for (const line of [
    'hookline_info{version="1.2.3",role="worker",mode="embedded"} 1',
    'hookline_events_total{source="callab",kind="recorded"} 2',
    'hookline_refusals_total{source="unknown",cause="unknown_source",status="401"} 1',
    'hookline_ack_seconds_bucket{le="0.005"} 1',
    'hookline_fold_lag_seconds_count 1',
    'hookline_attempts_total{destination="crm",outcome="done",next="done"} 1',
    'hookline_run_wait_seconds_bucket{le="5",destination="crm"} 1',
    'hookline_records_total{destination="crm",kind="contact",action="created"} 1',
    'hookline_dropped_fields_total{destination="crm"} 2',
    'hookline_destination_requests_total{destination="crm",operation="find",result="2xx"} 1',
    'hookline_ledger_failures_total{code="SQLITE_FULL"} 1',
    'hookline_pruned_total{kind="events"} 5',
    `hookline_last_prune_timestamp_seconds ${clock.now() / 1000}`,
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toContain('nodejs_eventloop_lag_seconds');
});

test('what is read at a scrape is of that scrape, and a process shows nothing it does not have', async () => {
  const metrics = createMetrics(ABOUT, clock);
  expect((await metrics.render()).text).not.toMatch(/hookline_(ready|runs|redis_up|destination_paused|data_dir)/);
  let reading = BACKLOG;
  metrics.readAtScrape({ ready: () => true, ledgerFailing: () => false, backlog: async () => reading });
  metrics.readAtScrape({
    destinations: () => [CRM],
    redis: () => ({ up: false, droppedBells: 9 }),
    freeBytes: async () => 1e9,
  });
  const { text } = await metrics.render();
  for (const line of [
    'hookline_ready 1',
    'hookline_ledger_failing 0',
    'hookline_ledger_readable 1',
    'hookline_ledger_size_bytes 4096',
    'hookline_data_dir_free_bytes 1000000000',
    'hookline_pending_events 3',
    'hookline_oldest_pending_event_seconds 7',
    'hookline_runs{state="dead"} 4',
    'hookline_due_runs{destination="crm"} 2',
    'hookline_oldest_due_run_seconds{destination="crm"} 90',
    'hookline_dead_runs{destination="crm"} 4',
    'hookline_destination_in_flight{destination="crm"} 1',
    'hookline_destination_waiting_requests{destination="crm"} 2',
    'hookline_destination_blocked_seconds{destination="crm"} 5',
    'hookline_destination_budget_left{destination="crm",window="10s"} 40',
    'hookline_destination_paused{destination="crm",until="person"} 1',
    'hookline_destination_paused{destination="crm",until="time"} 0',
    'hookline_redis_up 0',
    'hookline_redis_dropped_bells 9',
  ]) {
    expect(text).toContain(line);
  }
  reading = { ...BACKLOG, due: [], dead: [], oldestPendingEventMs: null };
  const later = (await metrics.render()).text;
  expect(later).not.toMatch(/hookline_(due_runs|oldest_due_run_seconds|dead_runs)\{/);
  expect(later).toContain('hookline_oldest_pending_event_seconds 0');
});

test('a ledger that does not answer does not take the other numbers with it', async () => {
  const metrics = createMetrics(ABOUT, clock);
  metrics.readAtScrape({ backlog: async () => Promise.reject(new Error('disk')) });
  metrics.acknowledged(0.001);
  const { text } = await metrics.render();
  expect(text).toContain('hookline_ack_seconds_count 1');
  expect(text).toContain('hookline_ledger_readable 0');
});
