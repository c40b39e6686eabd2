import { random } from '../shared/ids.ts';
import { MISCHIEF_NAMES, MODES, type CrmKind, type MischiefName, type TortureMode } from '../torture/options.ts';
import { torture as tortureMode, type TortureEnd } from '../torture/torture.ts';
import { CommandFailure } from './failure.ts';
import { print, printError, printJson } from './output.ts';
import { tortureJson, tortureLines } from './print-torture.ts';

export interface TortureCommandOptions {
  readonly mode: TortureMode | 'all';
  readonly crm: CrmKind;
  readonly minutes: number;
  readonly seconds?: number;
  readonly seed?: number;
  readonly only?: readonly MischiefName[];
  readonly receivers: number;
  readonly workers: number;
  readonly json?: boolean;
}

/**
 * `hookline torture`: an installation of its own under load and mischief, then a comparison of every record. Exit 1 when
 * anything is lost, missing, doubled or wrong, when it broke off, or when the one mode that was asked for cannot be had
 * here.
 */
export async function torture(options: TortureCommandOptions): Promise<void> {
  // Whoever interrupts it leaves nothing running: what we started ends with us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const modes = options.mode === 'all' ? MODES : [options.mode];
  const ends: TortureEnd[] = [];
  for (const mode of modes) ends.push(await run(mode, options));
  if (options.json === true) printJson(ends.map(tortureJson));
  if (ends.some((end) => isFailure(end, options))) throw new CommandFailure('Not everything was as it must be.');
}

/** With `all`, a mode that this machine cannot have is skipped aloud. */
function isFailure(end: TortureEnd, { mode }: TortureCommandOptions): boolean {
  if (end.kind === 'impossible') return mode !== 'all';
  return end.kind === 'broke_off' || end.problems.length > 0;
}

async function run(mode: TortureMode, options: TortureCommandOptions): Promise<TortureEnd> {
  // Progress goes beside the result, so that `--json` can be piped.
  const say = options.json === true ? printError : print;
  const seconds = options.seconds ?? options.minutes * 60;
  const seed = options.seed ?? Math.floor(random() * 1_000_000);
  const { crm, receivers, workers } = options;
  say(`\nMode ${mode}, CRM ${crm}: ${seconds} s of load and mischief, seed ${seed}`);
  const only = options.only ?? MISCHIEF_NAMES;
  const end = await tortureMode({ mode, crm, seconds, seed, only, receivers, workers, onProgress: say });
  if (options.json !== true) for (const line of tortureLines(end)) print(line);
  return end;
}
