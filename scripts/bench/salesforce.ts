/**
 * How many API requests Salesforce is asked per call, as Salesforce counts them: a composite is one, a login none. This
 * daemon against the Salesforce simulator, set up, with a search index that lags a minute. A burst of calls of callers
 * nobody knows yet, then the same events again, then every run replayed.
 *
 *   npm run bench:salesforce -- [--calls 10000] [--latency 50] [--lag 60000] [--out bench-salesforce.json]
 *
 * Goals: at most 0.025 requests per call, and 0.001 for the same again.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { startSalesforce } from '../../test/simulators/salesforce/index.ts';
import { addKeys, salesforceConfig } from '../../test/support/salesforce-world.ts';
import { benchCrm } from './crm/bench-crm.ts';
import { printReport } from './crm/print-report.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '50' },
    lag: { type: 'string', default: '60000' },
    out: { type: 'string' },
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const salesforce = await startSalesforce({ searchLagMs: Number(values.lag) });
addKeys(salesforce);
salesforce.setLatency(Number(values.latency));
try {
  const report = await benchCrm(
    {
      name: 'salesforce',
      destination: salesforceConfig(salesforce),
      requests() {
        const { token, ...counted } = salesforce.counts();
        return {
          counted,
          beside: { token },
          refused: salesforce.requests.filter(({ status }) => status === 403).length,
        };
      },
      forgetRequests: () => salesforce.clearRequests(),
      records: () => ({
        people: salesforce.records('Lead').length + salesforce.records('Contact').length,
        calls: salesforce.records('Task').length,
        doubles: salesforce.duplicates().length,
      }),
    },
    Number(values.calls),
  );
  printReport(report, { first: 0.025, again: 0.001 });
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await salesforce.close();
}
