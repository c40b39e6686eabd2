import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { startCrms } from '../crm/start-crms.ts';
import type { TortureCrm } from '../crm/torture-crm.ts';
import { watchWrites } from '../crm/watch-writes.ts';
import type { TortureMode, TortureOptions } from '../options.ts';
import { createDaemon, type Daemon, type DaemonOptions } from './daemon-process.ts';
import { openDisk, type Disk } from './disk.ts';
import { sharedEnvironment, steppableClock } from './environment.ts';
import { findFreePort } from './free-port.ts';
import { giveTo } from './give-to.ts';
import { INSTALL, type Host } from './host.ts';
import { startPostgres, type OwnPostgres } from './postgres.ts';
import { startRedis, type OwnRedis } from './redis.ts';
import { writeConfig } from './write-config.ts';

/** Everything that runs while a torture runs. */
export interface Stage {
  readonly mode: TortureMode;
  readonly folder: string;
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly daemons: readonly Daemon[];
  readonly crms: readonly TortureCrm[];
  readonly postgres: OwnPostgres | null;
  readonly redis: OwnRedis | null;
  readonly disk: Disk | null;
  /** Resolves at the next write in any CRM. */
  nextWrite(): Promise<void>;
  /** Daemons that ended by themselves, and the like. */
  readonly problems: readonly string[];
  /** Ends whatever still runs; with `keep`, the folder holds all that was on the disk. */
  close(keep: boolean): Promise<void>;
}

/** What is in the way of a whole mode, in words with what helps; null when nothing is. */
export function missingForMode(mode: TortureMode, host: Host): string | null {
  if (mode !== 'embedded' && host.postgres === null) return INSTALL.postgres;
  if (mode === 'scaled' && host.redis === null) return INSTALL.redis;
  return null;
}

type Pieces = Pick<Stage, 'postgres' | 'redis' | 'disk' | 'crms'> & { readonly dataFolder: string };

/** Starts CRMs, servers and daemons in a fresh folder; a start that fails leaves nothing running. */
export async function setStage(options: TortureOptions, host: Host, folder: string): Promise<Stage> {
  // PostgreSQL runs as another user and has to get to its own folder below.
  chmodSync(folder, 0o711);
  const pieces = await startPieces(options, host, folder);
  const problems: string[] = [];
  try {
    const { environment, daemons } = await createDaemons(options, host, { pieces, folder, problems });
    for (const daemon of daemons) daemon.start();
    const nextWrite = watchWrites(pieces.crms.map(({ server }) => server));
    const close = async (keep: boolean): Promise<void> => {
      await Promise.all(daemons.map((daemon) => daemon.stop('SIGKILL')));
      await closePieces(pieces, keep);
    };
    return { mode: options.mode, folder, environment, daemons, problems, nextWrite, ...pieces, close };
  } catch (error) {
    await closePieces(pieces, false);
    throw error;
  }
}

async function startPieces({ mode, crm, only }: TortureOptions, host: Host, folder: string): Promise<Pieces> {
  const dataFolder = join(folder, 'data');
  const disk = only.includes('disk') ? await openDisk(host, dataFolder, mode === 'embedded') : null;
  mkdirSync(dataFolder, { recursive: true });
  const postgres = mode === 'embedded' ? null : await startOwnPostgres(host, folder, dataFolder);
  const redis = mode !== 'scaled' || host.redis === null ? null : await startRedis(host.redis, folder);
  return { dataFolder, disk, postgres, redis, crms: await startCrms(crm) };
}

async function startOwnPostgres(host: Host, folder: string, dataFolder: string): Promise<OwnPostgres> {
  if (host.postgres === null) throw new Error(INSTALL.postgres);
  await giveTo(host.user, dataFolder);
  return startPostgres({ programs: host.postgres, folder, dataFolder, user: host.user });
}

async function closePieces({ postgres, redis, disk, crms }: Pieces, keep: boolean): Promise<void> {
  await Promise.all([postgres?.stop('immediate'), redis?.stop('SIGKILL'), ...crms.map(({ server }) => server.close())]);
  await disk?.close(keep);
}

interface Made {
  readonly pieces: Pieces;
  readonly folder: string;
  readonly problems: string[];
}

async function createDaemons(options: TortureOptions, host: Host, { pieces, folder, problems }: Made) {
  const environment = sharedEnvironment(writeConfig({ folder, crms: pieces.crms, retry: RETRY }), {
    // In the other modes nothing is kept there.
    dataFolder: pieces.postgres === null ? pieces.dataFolder : join(folder, 'unused'),
    databaseUrl: pieces.postgres?.url ?? null,
    redisUrl: pieces.redis?.url ?? null,
  });
  const shared = {
    folder,
    environment,
    faketime: options.only.includes('clock') ? host.faketime : null,
    onProblem: (problem: string) => void problems.push(problem),
  };
  const daemons = await Promise.all(cast(options).map((character) => createOne(character, shared)));
  return { environment, daemons };
}

type Shared = Pick<DaemonOptions, 'folder' | 'environment' | 'onProblem'> & { readonly faketime: string | null };

async function createOne(character: Pick<Daemon, 'name' | 'role'>, { faketime, ...shared }: Shared): Promise<Daemon> {
  const port = character.role === 'worker' ? null : await findFreePort();
  const clock =
    faketime === null ? { clockFile: null, environment: {} } : steppableClock(faketime, shared.folder, character.name);
  const environment = { ...shared.environment, PORT: String(port ?? 0), ...clock.environment };
  return createDaemon({ ...character, ...shared, port, environment, clockFile: clock.clockFile });
}

const RETRY = '{ attempts: 100, first: 1s, max: 2s }';

/** One process that is all there is, or receivers and workers. */
function cast({ mode, receivers, workers }: TortureOptions): Pick<Daemon, 'name' | 'role'>[] {
  if (mode === 'embedded') return [{ name: 'daemon', role: 'all' }];
  const many = (role: 'receiver' | 'worker', count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `${role}-${index + 1}`, role }));
  return [...many('receiver', receivers), ...many('worker', workers)];
}
