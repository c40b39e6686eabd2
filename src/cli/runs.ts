import type { RunRow } from '../ledger/ledger.ts';
import { oneLine } from '../shared/harmless.ts';
import { printRun, type ListOptions } from './calls.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { print, printJson, relativeTime, table } from './output.ts';

/** `hookline runs`: newest first; `--state dead` lists the dead letters. */
export async function listRuns(access: LedgerAccess, options: ListOptions): Promise<void> {
  const page = await access.ledger.listRuns(options);
  const pauses = await access.ledger.pauses();
  if (options.json === true) return printJson({ runs: page.rows, pauses, next: page.next });
  if (page.rows.length === 0)
    return print(options.state === undefined ? 'No runs yet.' : `No runs in state ${options.state}.`);
  const nowMs = access.clock.now();
  print(
    table<RunRow>(
      [
        { title: 'RUN', value: (row) => row.run.id },
        { title: 'CALL', value: (row) => row.providerCallId, flexible: true },
        { title: 'TO', value: (row) => row.run.destination, flexible: true },
        { title: 'STATE', value: (row) => row.run.state },
        { title: 'TRIES', value: (row) => String(row.run.attempts) },
        { title: 'WHY', value: (row) => why(row, nowMs), flexible: true },
      ],
      page.rows,
    ),
  );
  for (const pause of pauses) {
    const until =
      pause.untilMs === null
        ? `until: hookline destinations resume ${pause.destination}`
        : relativeTime(pause.untilMs, nowMs);
    print(`\n${pause.destination} is paused (${until}): ${oneLine(pause.reason)}`);
  }
  if (page.next !== null) print(`\nMore: --after ${page.next}`);
}

/** `hookline runs show <id>`: one run with every attempt. */
export async function showRun(access: LedgerAccess, id: string, options: { readonly json?: boolean }): Promise<void> {
  const found = await access.ledger.findRun(id);
  if (found === null) throw new CommandFailure(`There is no run "${id}". \`hookline runs\` lists them.`);
  if (options.json === true) return printJson(found);
  print(`Call ${oneLine(found.run.providerCallId)} from ${found.run.source} (${found.run.callId})`);
  printRun(found.run.run, found.attempts, access.clock.now());
}

function why(row: RunRow, nowMs: number): string {
  if (row.run.state === 'done') return '';
  const when = row.run.state === 'due' || row.run.state === 'waiting' ? `${relativeTime(row.run.dueAtMs, nowMs)} ` : '';
  return `${when}${row.run.reason ?? ''}`;
}
