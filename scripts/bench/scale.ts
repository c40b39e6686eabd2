/**
 * What more processes bring, and what a large ledger costs.
 *
 *   npm run bench:scale -- ack    [--modes embedded,postgres,scaled] [--processes 1,2,4] [--rounds 3] [--seconds 5]
 *   npm run bench:scale -- sync   [--processes 1,2,4] [--calls 2500] [--cpu 0.2]
 *   npm run bench:scale -- ledger [--modes embedded,postgres] [--calls 1000000]
 *
 * `ack`: acknowledgements a second against the naive receiver (naive.ts), in turn, on the same Redis. `sync`: calls a second
 * from a backlog of `--calls` for each worker into a REST CRM; each worker may use so much of one core, as a container would,
 * so that two cores can show what four workers do. `ledger`: acknowledgement, lists and recovery with so many calls in the ledger.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

import { createTempFolder } from '../../test/support/temp-folder.ts';
import { machine } from './ack/machine.ts';
import { measureAck, type AckResult } from './scale/acknowledge.ts';
import { MODES, startBacking, type Backing, type Mode } from './scale/backing.ts';
import { measureLargeLedger, type LargeResult } from './scale/large-ledger.ts';
import { measureSync, type SyncResult } from './scale/workers.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    modes: { type: 'string' },
    processes: { type: 'string', default: '1,2,4' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    calls: { type: 'string' },
    cpu: { type: 'string', default: '0.2' },
    out: { type: 'string' },
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Which modes each part measures unless told: several workers need a ledger that several may work on. */
const PARTS: Readonly<
  Record<string, { readonly modes: readonly Mode[]; readonly run: (mode: Mode) => Promise<unknown[]> }>
> = {
  ack: { modes: MODES, run: acknowledge },
  sync: { modes: ['postgres', 'scaled'], run: sync },
  ledger: { modes: ['embedded', 'postgres'], run: largeLedger },
};
const [name = ''] = positionals;
const part = PARTS[name];
if (part === undefined) throw new Error(`Say what to measure: ${Object.keys(PARTS).join(', ')}.`);
const modes = (values.modes?.split(',') as Mode[] | undefined) ?? part.modes;
const processes = values.processes.split(',').map(Number);

const results: unknown[] = [];
for (const mode of modes) results.push(...(await part.run(mode)));
if (values.out !== undefined) {
  writeFileSync(values.out, `${JSON.stringify({ machine: machine(tmpdir()), results }, null, 2)}\n`);
}

async function acknowledge(mode: Mode): Promise<AckResult[]> {
  const settings = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
  const measured: AckResult[] = [];
  for (const receivers of processes) {
    const result = await onFreshServers(mode, (backing, folder) =>
      measureAck(backing, folder, { ...settings, receivers }),
    );
    const { naive, hookline, ratio, p99Ms, cpuUs, errors } = result;
    console.log(
      `${mode.padEnd(9)} ${receivers} receivers: naive ${naive.toFixed(0)}/s, hookline ${hookline.toFixed(0)}/s, ` +
        `ratio ${ratio.toFixed(2)}, p99 ${p99Ms.toFixed(1)} ms, errors ${errors}; ` +
        `CPU for one: naive ${cpuUs.naive.toFixed(0)} us, hookline ${cpuUs.hookline.toFixed(0)} us`,
    );
    measured.push(result);
  }
  return measured;
}

async function sync(mode: Mode): Promise<SyncResult[]> {
  const settings = { calls: Number(values.calls ?? 2_500), cpuShare: Number(values.cpu) };
  const measured: SyncResult[] = [];
  for (const workers of processes) {
    const result = await onFreshServers(mode, (backing, folder) =>
      measureSync(backing, folder, { ...settings, workers }),
    );
    const factor = result.callsPerSecond / (measured[0]?.callsPerSecond ?? result.callsPerSecond);
    console.log(
      `${mode.padEnd(9)} ${workers} workers of ${values.cpu} core: ${result.callsPerSecond.toFixed(1)} calls/s, ` +
        `${factor.toFixed(2)} times the first; CPU of the workers for one: ${result.cpuMsPerCall.toFixed(1)} ms, ` +
        `${(100 * result.shareUsed).toFixed(0)} % of their share`,
    );
    measured.push(result);
  }
  return measured;
}

async function largeLedger(mode: Mode): Promise<LargeResult[]> {
  const result = await measureLargeLedger(mode, Number(values.calls ?? 1_000_000));
  const { calls, fillS, ackRatio, lists, recovery } = result;
  console.log(
    `${mode}: ${calls} calls (filled in ${fillS.toFixed(0)} s), acknowledgement ${ackRatio.toFixed(2)} of an empty ledger's`,
  );
  for (const { list, medianMs, worstMs } of lists) {
    console.log(
      `  ${list.padEnd(34)} median ${medianMs.toFixed(1).padStart(7)} ms  worst ${worstMs.toFixed(1).padStart(7)} ms`,
    );
  }
  const { dueRuns, fromStartS, fromReadyS } = recovery;
  console.log(
    `  ${dueRuns} due runs: first write ${fromStartS.toFixed(1)} s after the start of the process, ${fromReadyS.toFixed(1)} s after it was ready`,
  );
  return [result];
}

async function onFreshServers<Result>(
  mode: Mode,
  use: (backing: Backing, folder: string) => Promise<Result>,
): Promise<Result> {
  const backing = await startBacking(mode);
  const folder = createTempFolder('bench');
  try {
    return await use(backing, folder.path);
  } finally {
    await backing.stop();
    folder.remove();
  }
}
