import { parseArgs } from 'node:util';

import { createChaos } from '../../src/torture/crm/chaos.ts';
import { startRestCrm } from '../../src/torture/crm/rest-crm.ts';

/*
 * The REST CRM as a process of its own:
 *   node test/simulators/rest-crm-server.ts [--port 0] [--latency 20] [--token t] [--chaos 0.2] [--seed 1]
 * Prints one line `{"url":"http://127.0.0.1:…"}` when it listens. Ends on SIGTERM.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    latency: { type: 'string', default: '0' },
    token: { type: 'string', default: 'rest-token' },
    chaos: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});

const crm = await startRestCrm({ port: Number(values.port), token: values.token, latencyMs: Number(values.latency) });
if (Number(values.chaos) > 0) crm.setChaos(createChaos(Number(values.chaos), Number(values.seed)));
console.log(JSON.stringify({ url: crm.url }));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void crm.close().then(() => process.exit(0)));
}
