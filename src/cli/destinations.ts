import type { LoadedConfig } from '../config/load.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { print, printJson, relativeTime, table } from './output.ts';

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
  const nowMs = access.clock.now();
  print(
    table<(typeof rows)[number]>(
      [
        { title: 'DESTINATION', value: (row) => row.name },
        { title: 'TYPE', value: (row) => row.type },
        {
          title: 'STATE',
          value: (row) =>
            row.pause === null
              ? 'in use'
              : row.pause.untilMs === null
                ? 'paused until resumed'
                : `paused, ${relativeTime(row.pause.untilMs, nowMs)}`,
        },
        { title: 'WHY', value: (row) => row.pause?.reason ?? '', flexible: true },
      ],
      rows,
    ),
  );
}

/** `hookline destinations resume <name>`: lets a paused destination be used again. */
export async function resumeDestination(access: LedgerAccess, name: string): Promise<void> {
  const paused = (await access.ledger.pauses()).some((pause) => pause.destination === name);
  if (!paused) throw new CommandFailure(`"${name}" is not paused.`);
  await access.ledger.clearPause(name);
  print(`${name} is in use again; the daemon takes up its held runs within seconds.`);
}
