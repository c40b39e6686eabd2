import type { LedgerAccess } from './ledger-access.ts';
import { CommandFailure } from './failure.ts';
import { print, printJson } from './output.ts';

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
  if (runs.length === 0 && id !== undefined)
    throw new CommandFailure(
      `Nothing to replay for "${id}": no run belongs to it. \`hookline calls show ${id}\` tells why.`,
    );
  print(`${runs.length} run${runs.length === 1 ? '' : 's'} will be processed again.`);
}
