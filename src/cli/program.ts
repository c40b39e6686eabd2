import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { RUN_STATES } from '../domain/run.ts';
import { listCalls, showCall, type ListOptions } from './calls.ts';
import { check } from './check.ts';
import { addDaemonCommands } from './daemon-commands.ts';
import { listDestinations, resumeDestination } from './destinations.ts';
import { listEvents, listRefusals, showEvent } from './events.ts';
import { explainSystemError } from './explain-error.ts';
import { CommandFailure } from './failure.ts';
import { init } from './init.ts';
import { getConfig, getEnvironment, withLedger } from './ledger-access.ts';
import { hookline, printError } from './output.ts';
import { preview } from './preview.ts';
import { replay, type ReplayOptions } from './replay.ts';
import { listRuns, showRun } from './runs.ts';
import { listSandbox, showSandboxRecord } from './sandbox.ts';
import { send, type SendOptions } from './send.ts';
import { setup, type SetupCommandOptions } from './setup.ts';
import { addTortureCommand } from './torture-command.ts';
import { unjoin } from './unjoin.ts';
import { readVersion } from '../shared/version.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** Runs one command; resolves to the exit code: 0 ok, 1 failed, 2 wrong usage or invalid config. */
export async function runCli(argv: readonly string[]): Promise<number> {
  surviveClosedPipes();
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const failure = error instanceof CommandFailure ? error : explained(error);
    printError(failure.message);
    return failure.exitCode;
  }
}

/** A reader that has seen enough (`| head`) closes the pipe: no reason to fail, and none at all to stop a daemon. */
function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

function explained(error: unknown): CommandFailure {
  const message = explainSystemError(error);
  if (message === null) throw error;
  return new CommandFailure(message);
}

function createProgram(): Command {
  const program = new Command('hookline')
    .description('Call webhooks in, CRM records out: kept, in order, once.')
    .version(readVersion(), '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(--help shows how it is used)')
    .configureHelp({ showGlobalOptions: false });
  addDaemonCommands(program);
  addConfigCommands(program);
  addSendCommands(program);
  addListCommands(program);
  addDestinationCommands(program);
  addTortureCommand(program);
  return program;
}

function addConfigCommands(program: Command): void {
  program
    .command('init')
    .description('write a first config and a secret for it')
    .option('--platform <name>', 'callab, callttone, callscaler or atoms', 'callab')
    .action((options: { platform: string }) => init(getEnvironment().configFile, options.platform));
  program
    .command('check')
    .description('check the config; every problem with file, line and column')
    .option('--live', 'also ask every destination whether it can be used (reads only)')
    .option('--json', 'print JSON')
    .action((options: JsonOption & { live?: boolean }) => check(options));
  program
    .command('setup')
    .description('make in a CRM what Hookline works best with; safe to repeat')
    .argument('<destination>', 'name of a destination in the config')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nSETUP_TOKEN in the environment is used for this instead of the usual token.')
    .action((destination: string, options: SetupCommandOptions) => setup(destination, options));
}

function addSendCommands(program: Command): void {
  program
    .command('send')
    .description('send a file to the running daemon, signed as the platform would')
    .argument('<source>', 'name of a source in the config')
    .argument('<file>', 'the body, sent byte for byte')
    .option('--event <name>', 'event name, where the platform sends it in a header')
    .option('--url <url>', 'address of the daemon (default: this machine, PORT)')
    .option('--json', 'print JSON')
    .action((source: string, file: string, options: SendOptions) => send(source, file, options));
  program
    .command('preview')
    .description('show what a webhook would change, field by field; writes nothing')
    .argument('<source>', 'name of a source in the config')
    .argument('<file>', 'the body')
    .option('--json', 'print JSON')
    .action((source: string, file: string, options: JsonOption) => preview(source, file, options));
}

function addListCommands(program: Command): void {
  const calls = group(program, 'calls', 'what became of each call');
  list(calls, 'calls, newest first').action((options: ListOptions) =>
    withLedger((access) => listCalls(access, options)),
  );
  show(calls, 'the whole story of one call').action((id: string, options: JsonOption) =>
    withLedger((access) => showCall(access, id, options)),
  );
  calls
    .command('unjoin')
    .description('take back a join that was made by heuristics')
    .argument('<event>', 'event id, evt_…')
    .action((id: string) => withLedger((access) => unjoin(access, id)));

  const events = group(program, 'events', 'what was received; `events refused`: what was turned away');
  list(events, 'accepted deliveries, newest first').action((options: ListOptions) =>
    withLedger((access) => listEvents(access, options)),
  );
  list(events, 'requests that were turned away, and why', 'refused').action((options: ListOptions) =>
    withLedger((access) => listRefusals(access, options)),
  );
  show(events, 'one delivery with its raw body').action((id: string, options: JsonOption) =>
    withLedger((access) => showEvent(access, id, options)),
  );
  addRunCommands(program);
}

function addRunCommands(program: Command): void {
  const runs = group(program, 'runs', 'integrations at work; --state dead lists the dead letters');
  list(runs, 'runs, newest first')
    .addOption(new Option('--state <state>', 'only runs in this state').choices([...RUN_STATES]))
    .action((options: ListOptions) => withLedger((access) => listRuns(access, options)));
  show(runs, 'one run with every attempt').action((id: string, options: JsonOption) =>
    withLedger((access) => showRun(access, id, options)),
  );
  program
    .command('replay')
    .description('process runs again; safe at any time, nothing is written twice')
    .argument('[id]', 'a call, run or event')
    .addOption(new Option('--state <state>', 'all runs in this state').choices(['dead', 'held', 'done']))
    .option('--integration <name>', 'only runs of this integration')
    .option('--force', 'write even what looks unchanged')
    .option('--json', 'print JSON')
    .action((id: string | undefined, options: ReplayOptions) => withLedger((access) => replay(access, id, options)));
}

function addDestinationCommands(program: Command): void {
  const destinations = group(program, 'destinations', 'configured CRMs and whether they are paused');
  destinations
    .command('list', { isDefault: true })
    .description('all of them')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => withLedger((access) => listDestinations(access, getConfig(), options)));
  destinations
    .command('resume')
    .description('use a paused destination again')
    .argument('<name>', 'name of a destination in the config')
    .action((name: string) => withLedger((access) => resumeDestination(access, getConfig(), name)));
  const sandbox = group(program, 'sandbox', 'records of the sandbox CRM');
  sandbox
    .command('list', { isDefault: true })
    .description('records, the newest of each kind first')
    .addOption(new Option('--kind <kind>', 'only these').choices(['contact', 'call', 'task']))
    .option('--json', 'print JSON')
    .action((options: JsonOption & { kind?: string }) => withLedger((access) => listSandbox(access, options)));
  show(sandbox, 'one record with every change').action((id: string, options: JsonOption) =>
    withLedger((access) => showSandboxRecord(access, id, options)),
  );
}

/** A command that lists when nothing else is said. */
function group(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addHelpText('after', `\nWithout a command it lists: see ${hookline(`${name} list --help`)}`);
}

function list(parent: Command, description: string, name = 'list'): Command {
  const searched = name === 'list' ? 'call id, run id, event id or phone number' : 'cause or address';
  return parent
    .command(name, { isDefault: name === 'list' })
    .description(description)
    .showHelpAfterError(`(one of them: ${hookline(`${parent.name()} show <id>`)}; --help shows all)`)
    .option('--limit <n>', 'how many', parseLimit, 25)
    .option('--source <name>', 'only this source')
    .option('--search <text>', searched)
    .option('--after <cursor>', 'continue a list')
    .option('--json', 'print JSON');
}

function show(parent: Command, description: string): Command {
  return parent
    .command('show')
    .description(description)
    .argument('<id>', `as ${hookline(parent.name())} lists it`)
    .option('--json', 'print JSON');
}

/** The ledger reads no longer pages. */
const MAX_LIMIT = 500;

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new InvalidArgumentError(`Write a whole number from 1 to ${MAX_LIMIT}.`);
  return limit;
}
