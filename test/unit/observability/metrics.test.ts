import { expect, test } from '@jest/globals';

import { createMetrics } from '../../../src/observability/metrics.ts';

test('everything counted is rendered with its labels', async () => {
  const metrics = createMetrics({ backlog: async () => ({ oldestEventSeconds: 7, oldestRunSeconds: null }) });
  metrics.eventAnswered('callab', 'recorded');
  metrics.eventAnswered('callab', 'recorded');
  metrics.requestRefused(null, 'unknown_source');
  metrics.acknowledged(0.004);
  metrics.folded(0.2);
  metrics.attemptEnded('crm', 'done');
  metrics.requestSent({ destination: 'crm', operation: 'find', result: '2xx', seconds: 0.02 });
  const { contentType, text } = await metrics.render();
  expect(contentType).toContain('text/plain');
  for (const line of [
    'hookline_events_total{source="callab",kind="recorded"} 2',
    'hookline_refusals_total{source="unknown",cause="unknown_source"} 1',
    'hookline_ack_seconds_bucket{le="0.005"} 1',
    'hookline_fold_lag_seconds_count 1',
    'hookline_attempts_total{destination="crm",outcome="done"} 1',
    'hookline_destination_requests_total{destination="crm",operation="find",result="2xx"} 1',
    'hookline_oldest_pending_event_seconds 7',
    'hookline_oldest_due_run_seconds 0',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toContain('nodejs_eventloop_lag_seconds');
});

test('a ledger that does not answer does not take the other numbers with it', async () => {
  const metrics = createMetrics({ backlog: async () => Promise.reject(new Error('disk')) });
  metrics.acknowledged(0.001);
  const { text } = await metrics.render();
  expect(text).toContain('hookline_ack_seconds_count 1');
  expect(text).toContain('hookline_oldest_pending_event_seconds Nan');
});
