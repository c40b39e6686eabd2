import type { SetupStep } from '../destinations/setup.ts';
import { didYouMean } from '../shared/nearest.ts';
import type { DestinationRuntime } from '../sync/destination-runtime.ts';
import { CommandFailure } from './failure.ts';
import { getEnvironment } from './ledger-access.ts';
import { hookline, labelled, print, printJson } from './output.ts';
import { withServices, type CommandServices } from './with-services.ts';

export interface SetupCommandOptions {
  readonly json?: boolean;
}

const SETUP_TIMEOUT_MS = 120_000;

/** `hookline setup <destination>`: makes in the CRM what Hookline works best with, and says what it did. */
export function setup(name: string, options: SetupCommandOptions): Promise<void> {
  return withServices((services) => setUp(services, name, options));
}

async function setUp({ destinations }: CommandServices, name: string, options: SetupCommandOptions): Promise<void> {
  const runtime = findRuntime(destinations.runtimes(), name);
  const steps = await run(runtime, getEnvironment().setupToken);
  if (options.json === true) printJson({ destination: name, steps: steps ?? [] });
  else printSteps(runtime, steps);
  if (steps?.some(({ outcome }) => outcome === 'failed') === true) {
    throw new CommandFailure(`Not all of ${name} could be set up.`);
  }
}

function findRuntime(runtimes: readonly DestinationRuntime[], name: string): DestinationRuntime {
  const found = runtimes.find(({ destination }) => destination.name === name);
  if (found !== undefined) return found;
  const names = runtimes.map(({ destination }) => destination.name);
  throw new CommandFailure(`There is no destination "${name}".${didYouMean(name, names)}`, 2);
}

/** Null: there is nothing to set up. */
async function run(runtime: DestinationRuntime, token: string | null): Promise<readonly SetupStep[] | null> {
  const { destination } = runtime;
  if (destination.setup === undefined) return null;
  const signal = AbortSignal.timeout(SETUP_TIMEOUT_MS);
  const { contextFor } = runtime.openContext({ mode: 'live', signal });
  return destination.setup(contextFor('setup'), { token });
}

/** Where the longest of the labels ends. */
const COLUMN = 16;

const LABELS: Readonly<Record<SetupStep['outcome'], string>> = {
  made: 'made',
  present: 'there already',
  refused: 'not offered',
  failed: 'failed',
};

function printSteps({ destination: { name, type } }: DestinationRuntime, steps: readonly SetupStep[] | null): void {
  if (steps === null) return print(`${name} (${type}) needs no set-up.`);
  print(name);
  for (const { outcome, message } of steps) print(labelled(LABELS[outcome], message, { spaces: 2, column: COLUMN }));
  if (steps.some(({ outcome }) => outcome === 'made')) {
    print('\nA running daemon takes this up within an hour, or when it is started again.');
  }
  if (steps.every(({ outcome }) => outcome !== 'failed')) print(`Is everything right?\n  ${hookline('check --live')}`);
}
