import type { LoadedConfig } from '../config/load.ts';
import { didYouMean } from '../shared/nearest.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { print, printJson, table } from './output.ts';
import { printPauses } from './pauses.ts';

/** `hookline destinations`: which CRMs are configured and which are paused. */
export async function listDestinations(
  access: LedgerAccess,
  loaded: LoadedConfig,
  options: { readonly json?: boolean },
): Promise<void> {
  const pauses = new Map((await access.ledger.pauses()).map((pause) => [pause.destination, pause]));
  const rows = Object.entries(loaded.config.destinations).map(([name, config]) => ({
    name,
    type: config.type,
    pause: pauses.get(name) ?? null,
  }));
  if (options.json === true) return printJson({ destinations: rows });
  if (rows.length === 0) return print('No destination is configured.');
  print(
    table<(typeof rows)[number]>(
      [
        { title: 'DESTINATION', value: (row) => row.name },
        { title: 'TYPE', value: (row) => row.type },
        { title: 'STATE', value: (row) => (row.pause === null ? 'in use' : 'paused') },
      ],
      rows,
    ),
  );
  printPauses(
    rows.flatMap(({ pause }) => (pause === null ? [] : [pause])),
    access.clock.now(),
  );
}

/** `hookline destinations resume <name>`: lets a paused destination be used again. */
export async function resumeDestination(access: LedgerAccess, loaded: LoadedConfig, name: string): Promise<void> {
  const paused = (await access.ledger.pauses()).some((pause) => pause.destination === name);
  const names = Object.keys(loaded.config.destinations);
  if (!paused && !names.includes(name))
    throw new CommandFailure(`There is no destination "${name}".${didYouMean(name, names)}`, 2);
  if (!paused) return print(`${name} is not paused; nothing was to be done.`);
  await access.ledger.clearPause(name);
  print(`${name} is in use again; the daemon takes up its held runs within seconds.`);
}
