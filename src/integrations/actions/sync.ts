import type { JsonValue } from '../../domain/json.ts';
import type { CompiledSync } from '../../sync/compiled-sync.ts';
import type { SyncDependencies } from '../../sync/session.ts';
import { syncCall } from '../../sync/sync-call.ts';
import type { Action } from '../action.ts';

/** `dependenciesOf` is asked when the action runs: compiling a config needs no open ledger. */
export function createSyncAction(
  compiled: CompiledSync,
  dependenciesOf: (destination: string) => SyncDependencies,
): Action {
  const destination = compiled.destination.name;
  return {
    kind: 'sync',
    destination,
    async run(input) {
      const { report, ...end } = await syncCall(dependenciesOf(destination), compiled, input);
      // A report is plain data; interfaces only lack the index signature.
      return { ...end, result: report as unknown as JsonValue };
    },
  };
}
