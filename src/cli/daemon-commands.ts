import { Option, type Command } from 'commander';

import type { Role } from '../daemon/services.ts';
import type { DemoOptions } from './demo.ts';
import { DEMO_CRMS } from './demo/crm.ts';
import { health } from './health.ts';
import { getEnvironment } from './ledger-access.ts';
import type { MigrateOptions } from './migrate.ts';
import { start } from './start.ts';

/**
 * Commands that run the daemon, or look after what it runs on. What only some of them need is loaded by those: a daemon
 * would hold it for as long as it runs.
 */
export function addDaemonCommands(program: Command): void {
  program
    .command('start')
    .description('start the daemon')
    .addOption(
      new Option('--role <role>', 'what this process does').choices(['all', 'receiver', 'worker']).default('all'),
    )
    .action((options: { role: Role }) => start(options.role));
  program
    .command('demo')
    .description('start a daemon in a fresh folder, send it every sample call and show what came of it')
    .option('--once', 'stop afterwards; exit 0 when everything is right, else 1')
    .addOption(
      new Option('--crm <name>', 'where the calls go; hubspot, salesforce: a simulated one on this machine')
        .choices(DEMO_CRMS)
        .default('sandbox'),
    )
    .action(async (options: DemoOptions) => (await import('./demo.ts')).demo(options));
  program
    .command('migrate')
    .description('bring the tables of the ledger up to date; --from sqlite: move an embedded ledger to DATABASE_URL')
    .addOption(new Option('--from <kind>', 'copy everything from there, and compare').choices(['sqlite']))
    .option('--file <path>', 'the SQLite file (default: hookline.db in DATA_DIR)')
    .action(async (options: MigrateOptions) => (await import('./migrate.ts')).migrate(options));
  program
    .command('health')
    .description('ask a running daemon whether it is ready; exit 0 or 1 (used by the Docker health check)')
    .action(() => health(getEnvironment()));
}
