import { isLedgerHeld } from '../ledger/sqlite/hold-ledger.ts';
import { ledgerFile } from '../shared/data-directory.ts';
import { CommandFailure } from './failure.ts';
import { getEnvironment, type LedgerAccess } from './ledger-access.ts';
import { count, hookline, print, printJson } from './output.ts';

export interface ReplayOptions {
  readonly state?: 'dead' | 'held' | 'done';
  readonly integration?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * `hookline replay <id>` or `--state dead`: makes runs due again. The running daemon's sweeper finds them.
 * Safe at any time: what the CRM already shows is not written again, unless `--force`.
 */
export async function replay(access: LedgerAccess, id: string | undefined, options: ReplayOptions): Promise<void> {
  if (id === undefined && options.state === undefined)
    throw new CommandFailure('Say what to replay: an id (call, run or event), or --state dead|held|done.', 2);
  const runs = await access.ledger.replay({
    ...(id === undefined ? {} : { id }),
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.integration === undefined ? {} : { integration: options.integration }),
    force: options.force === true,
    nowMs: access.clock.now(),
  });
  if (options.json === true) return printJson({ runs });
  if (runs.length === 0) return nothingFits(id, options);
  print(`${count(runs.length, 'run')} will be processed again.`);
  if (id === undefined) print(`What is left to do: ${hookline('runs --state due')}`);
  if (isNobodyAtWork()) print('No daemon is running here: they wait until it is (npm start).');
}

/** In PostgreSQL the workers may be anywhere. */
function isNobodyAtWork(): boolean {
  const { mode } = getEnvironment();
  return mode.kind === 'embedded' && !isLedgerHeld(ledgerFile(mode.dataDir));
}

function nothingFits(id: string | undefined, { state, integration }: ReplayOptions): void {
  if (id !== undefined) {
    throw new CommandFailure(
      `Nothing to replay for "${id}": there is no such call, run or event, or no run belongs to it.\n` +
        `Why no integration matched a call: ${hookline(`calls show ${id}`)}`,
    );
  }
  print(`No run ${integration === undefined ? '' : `of "${integration}" `}is ${state ?? 'there'}. Nothing was done.`);
}
