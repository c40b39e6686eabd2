import type { Pause, RunSummary } from '../ledger/ledger.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { dueTime, hookline, indent, print } from './output.ts';

/** Which destinations are paused, why, and what ends it. */
export function printPauses(pauses: readonly Pause[], nowMs: number): void {
  for (const { destination, reason, hint, untilMs } of pauses) {
    print(
      `\n${destination} is paused. Its runs are kept${untilMs === null ? '' : `; next try ${dueTime(untilMs, nowMs)}`}.`,
    );
    print(indent(reason, 4));
    if (hint !== null) print(indent(`hint: ${hint}`, 4));
    if (untilMs === null) print(`    then restart the daemon, or: ${hookline(`destinations resume ${destination}`)}`);
  }
}

/** Those that hold up one of these runs. */
export async function printPausesOf(runs: readonly RunSummary[], { ledger, clock }: LedgerAccess): Promise<void> {
  const waiting = new Set(
    runs.filter(({ state }) => state !== 'done' && state !== 'dead').map(({ destination }) => destination),
  );
  const pauses = await ledger.pauses();
  printPauses(
    pauses.filter(({ destination }) => waiting.has(destination)),
    clock.now(),
  );
}
