import { parseArgs } from 'node:util';

import { printResult } from './print-result.ts';
import { runProof } from './run-proof.ts';

/*
 * npm run proof:kill -- [--kills 50] [--faults 0.15] [--calls 200] [--seed 1]
 *
 * Kills the daemon at random moments while webhooks pour in, or (with --faults) lets its CRMs fail and lie, or both,
 * and holds the ledger and the CRMs against a model of its own. Exit code 0: nothing lost, doubled or wrong.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    faults: { type: 'string', default: '0' },
    calls: { type: 'string', default: '200' },
    seed: { type: 'string' },
  },
});

// Whoever interrupts it leaves no daemon and no CRM behind: they end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const faultRate = Number(values.faults);
const result = await runProof({
  seed: values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed),
  kills: Number(values.kills ?? (faultRate > 0 ? 0 : 50)),
  faultRate,
  calls: Number(values.calls),
  senders: 6,
  maxGapMs: 80,
  quietTimeoutMs: 10 * 60_000,
  onProgress: (line) => console.log(line),
});
printResult(result);
process.exitCode = result.problems.length === 0 ? 0 : 1;
