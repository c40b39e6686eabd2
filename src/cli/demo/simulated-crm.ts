import type { DaemonServices } from '../../daemon/services.ts';
import { CommandFailure } from '../failure.ts';
import { indent, print } from '../output.ts';

/*
 * What demos against simulated CRMs share.
 */

const SETUP_TIMEOUT_MS = 30_000;

/** As an operator does with `hookline setup <destination>`. */
export async function setUpAll({ destinations }: DaemonServices): Promise<void> {
  for (const runtime of destinations.runtimes()) {
    const { contextFor } = runtime.openContext({ mode: 'live', signal: AbortSignal.timeout(SETUP_TIMEOUT_MS) });
    const steps = (await runtime.destination.setup?.(contextFor('setup'), { token: null })) ?? [];
    const failed = steps.find(({ outcome }) => outcome !== 'made');
    if (failed !== undefined) throw new CommandFailure(failed.message);
  }
}

/** What the calls cost, by kind of request. Refused requests would count, too. */
export function printRequests(counted: Readonly<Record<string, number>>, calls: number): void {
  const counts = Object.entries(counted).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const parts = counts.map(([name, count]) => `${count} ${name}`).join(', ');
  const cost = `${total} requests (${parts}) for ${calls} calls: ${(total / calls).toFixed(1)} per call.`;
  print(`\n${indent(cost, 0)}`);
  print('They came one after the other here; calls that come together share requests.');
}
