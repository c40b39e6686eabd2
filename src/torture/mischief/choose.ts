import type { TortureOptions } from '../options.ts';
import { INSTALL, type Host } from '../stage/host.ts';
import type { Stage } from '../stage/stage.ts';
import type { Mischief } from './mischief.ts';
import { kill, terminate } from './processes.ts';
import { postgresCrash, postgresRestart, redisEmptied, redisStopped } from './servers.ts';
import { clockBack, clockForward, crmLies, diskFull } from './surroundings.ts';

const ALL: readonly Mischief[] = [
  kill,
  terminate,
  redisStopped,
  redisEmptied,
  postgresCrash,
  postgresRestart,
  diskFull,
  clockForward,
  clockBack,
  crmLies,
];

export interface Choice {
  readonly chosen: readonly Mischief[];
  /** What was wanted and this machine does not allow, with the reason. */
  readonly skipped: readonly string[];
}

/** The mischief that was asked for, that the mode has, and that this machine allows. */
export function chooseMischief({ only }: Pick<TortureOptions, 'only'>, host: Host, stage: Stage): Choice {
  const wanted = ALL.filter(({ name }) => only.includes(name));
  return {
    chosen: wanted.filter(({ name }) => canDo[name](stage, host)),
    skipped: [
      ...(only.includes('clock') && host.faketime === null ? [`clock: ${INSTALL.faketime}`] : []),
      ...(only.includes('disk') && stage.disk === null ? [NO_DISK] : []),
    ],
  };
}

const NO_DISK = 'disk: mounting a small file system needs root (in a container: --cap-add SYS_ADMIN)';

const canDo: Readonly<Record<Mischief['name'], (stage: Stage, host: Host) => boolean>> = {
  kill: () => true,
  crm: () => true,
  redis: ({ redis }) => redis !== null,
  postgres: ({ postgres }) => postgres !== null,
  disk: ({ disk }) => disk !== null,
  clock: (_stage, { faketime }) => faketime !== null,
};
