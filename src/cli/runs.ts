import type { RunRow, RunSummary } from '../ledger/ledger.ts';
import { oneLine } from '../shared/harmless.ts';
import { printRun, type ListOptions } from './calls.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { dueTime, hookline, indent, print, printJson, table } from './output.ts';
import { printPauses, printPausesOf } from './pauses.ts';

/** `hookline runs`: newest first; `--state dead` lists the dead letters. */
export async function listRuns(access: LedgerAccess, options: ListOptions): Promise<void> {
  const page = await access.ledger.listRuns(options);
  const pauses = await access.ledger.pauses();
  if (options.json === true) return printJson({ runs: page.rows, pauses, next: page.next });
  if (page.rows.length === 0)
    return print(options.state === undefined ? 'No runs yet.' : `No runs in state ${options.state}.`);
  const nowMs = access.clock.now();
  const paused = new Set(pauses.map(({ destination }) => destination));
  const lines = table<RunRow>(
    [
      { title: 'RUN', value: (row) => row.run.id },
      { title: 'CALL', value: (row) => row.providerCallId, cut: 'middle' },
      { title: 'TO', value: (row) => row.run.destination, cut: 'end' },
      { title: 'STATE', value: (row) => row.run.state },
      { title: 'TRIES', value: (row) => String(row.run.attempts) },
      { title: 'NEXT', value: ({ run }) => (paused.has(run.destination) ? '' : next(run, nowMs)) },
    ],
    page.rows,
  ).split('\n');
  for (const [index, line] of lines.entries()) {
    print(line);
    const row = page.rows[index - 1];
    if (row !== undefined) printReason(row);
  }
  printPauses(pauses, nowMs);
  if (page.rows.some(({ run }) => run.state === 'dead')) {
    print(`\nDead letters wait for you. Fix the cause, then: ${hookline('replay --state dead')}`);
  }
  if (page.next !== null) print(`\nMore: --after ${page.next}`);
}

function next(run: RunSummary, nowMs: number): string {
  return run.state === 'due' || run.state === 'waiting' ? dueTime(run.dueAtMs, nowMs) : '';
}

/** Why a run is not done, below its line. */
function printReason({ run }: RunRow): void {
  if (run.state !== 'done' && run.reason !== null) print(indent(run.reason, 4));
}

/** `hookline runs show <id>`: one run with every attempt. */
export async function showRun(access: LedgerAccess, id: string, options: { readonly json?: boolean }): Promise<void> {
  const found = await access.ledger.findRun(id);
  if (found === null) throw new CommandFailure(`There is no run "${id}". ${hookline('runs')} lists them.`);
  if (options.json === true) return printJson(found);
  print(`Call ${oneLine(found.run.providerCallId)} from ${found.run.source} (${found.run.callId})`);
  printRun(found.run.run, found.attempts, access.clock.now());
  await printPausesOf([found.run.run], access);
}
