import { InvalidArgumentError, Option, type Command } from 'commander';

import { CRM_KINDS, MISCHIEF_NAMES, MODES, type MischiefName } from '../torture/options.ts';
import type { TortureCommandOptions } from './torture.ts';

/** `hookline torture`. */
export function addTortureCommand(program: Command): void {
  program
    .command('torture')
    .description(
      'put an installation of its own under load, kill, cut and fill what it runs on, and count what is lost',
    )
    .addOption(new Option('--mode <mode>', 'which installation').choices([...MODES, 'all']).default('embedded'))
    .addOption(new Option('--crm <crm>', 'which simulated CRM').choices(CRM_KINDS).default('rest'))
    .option('--minutes <n>', 'how long at least', parseAmount, 2)
    .option('--seconds <n>', 'instead of --minutes', parseAmount)
    .option('--seed <n>', 'repeats calls and mischief', parseCount)
    .option('--only <kinds>', `some of: ${MISCHIEF_NAMES.join(',')}`, parseKinds)
    .option('--receivers <n>', 'processes that receive (not embedded)', parseCount, 2)
    .option('--workers <n>', 'processes that work (not embedded)', parseCount, 2)
    .option('--json', 'print JSON')
    .action(async (options: TortureCommandOptions) => (await import('./torture.ts')).torture(options));
}

function parseKinds(text: string): MischiefName[] {
  return text.split(',').map((word) => {
    const kind = MISCHIEF_NAMES.find((name) => name === word.trim());
    if (kind === undefined)
      throw new InvalidArgumentError(`"${word}" is none of ${MISCHIEF_NAMES.join(', ')}; several with commas.`);
    return kind;
  });
}

function parseAmount(text: string): number {
  const amount = Number(text);
  if (!(amount > 0)) throw new InvalidArgumentError('Write a number above 0.');
  return amount;
}

function parseCount(text: string): number {
  const amount = Number(text);
  if (!Number.isInteger(amount) || amount < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return amount;
}
