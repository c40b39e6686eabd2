/**
 * What more processes bring, and what a large ledger costs.
 *
 *   npm run bench:scale -- ack    [--modes embedded,postgres,scaled] [--processes 1,2,4] [--rounds 3] [--seconds 5]
 *   npm run bench:scale -- sync   [--processes 1,2,4] [--calls 1000] [--cpu 0.15]
 *   npm run bench:scale -- ledger [--modes embedded,postgres] [--calls 1000000]
 *
 * `ack`: acknowledgements a second against the naive receiver (naive.ts), in turn, on the same Redis. `sync`: calls a second
 * from a backlog into a REST CRM; each worker may use so much of one core, as a container would, so that two cores can show
 * what four workers do. `ledger`: acknowledgement, lists and recovery with so many calls in the ledger.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { createTempFolder } from '../../test/support/temp-folder.ts';
import { machine } from './ack/machine.ts';
import { measureAck, type AckResult } from './scale/acknowledge.ts';
import { MODES, startBacking, type Mode } from './scale/backing.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    modes: { type: 'string', default: MODES.join(',') },
    processes: { type: 'string', default: '1,2,4' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    out: { type: 'string' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [part = 'ack'] = positionals;
const modes = values.modes.split(',') as Mode[];
const processes = values.processes.split(',').map(Number);

const folder = createTempFolder('bench');
try {
  const results = await measure();
  if (values.out !== undefined) {
    writeFileSync(values.out, `${JSON.stringify({ machine: machine(folder.path), results }, null, 2)}\n`);
  }
} finally {
  folder.remove();
}

function measure(): Promise<readonly unknown[]> {
  if (part === 'ack') return acknowledge();
  throw new Error(`There is no part "${part}". Parts: ack, sync, ledger.`);
}

async function acknowledge(): Promise<readonly AckResult[]> {
  const results: AckResult[] = [];
  for (const mode of modes) {
    for (const receivers of processes) {
      const backing = await startBacking(mode);
      const own = createTempFolder('bench');
      const settings = { receivers, rounds: Number(values.rounds), seconds: Number(values.seconds) };
      try {
        const result = await measureAck(backing, own.path, settings);
        results.push(result);
        console.log(line(result));
      } finally {
        await backing.stop();
        own.remove();
      }
    }
  }
  return results;
}

function line({ mode, receivers, naive, hookline, ratio, p99Ms, errors }: AckResult): string {
  return `${mode.padEnd(9)} ${receivers} receivers: naive ${naive.toFixed(0)}/s, hookline ${hookline.toFixed(0)}/s, ratio ${ratio.toFixed(2)}, p99 ${p99Ms.toFixed(1)} ms, errors ${errors}`;
}
