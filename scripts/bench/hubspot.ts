/**
 * How many API requests HubSpot is asked per call: this daemon against the HubSpot simulator, which takes 100 requests in
 * 10 seconds and 5 searches a second, as the smallest plan does. A burst of calls of callers nobody knows yet, then the
 * same events again, then every run replayed.
 *
 *   npm run bench:hubspot -- [--calls 10000] [--burst 100] [--latency 50] [--out bench-hubspot.json]
 *
 * Goals: at most 0.04 requests per call, and 0.001 for the same again.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { startHubSpot } from '../../test/simulators/hubspot/index.ts';
import { addUniqueProperties, hubspotConfig } from '../../test/support/hubspot-world.ts';
import { benchCrm } from './crm/bench-crm.ts';
import { printReport } from './crm/print-report.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    burst: { type: 'string', default: '100' },
    latency: { type: 'string', default: '50' },
    out: { type: 'string' },
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const hubspot = await startHubSpot({ burst: Number(values.burst), searchLagMs: 5_000 });
addUniqueProperties(hubspot);
hubspot.setLatency(Number(values.latency));
// Its rate is the daemon's own default.
const { rate: _, ...destination } = hubspotConfig(hubspot);
try {
  const report = await benchCrm(
    {
      name: 'hubspot',
      destination,
      requests: () => ({
        counted: hubspot.counts(),
        beside: {},
        refused: hubspot.requests.filter(({ status }) => status === 429).length,
      }),
      forgetRequests: () => hubspot.clearRequests(),
      records: () => ({
        people: hubspot.records('contacts').length,
        calls: hubspot.records('calls').length,
        doubles: hubspot.duplicates().length,
      }),
    },
    Number(values.calls),
  );
  printReport(report, { first: 0.04, again: 0.001 });
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await hubspot.close();
}
