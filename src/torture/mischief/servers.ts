import { holdOn } from '../wait.ts';
import type { Mischief, MischiefContext } from './mischief.ts';

export const redisStopped: Mischief = {
  name: 'redis',
  title: 'Redis stopped',
  async run({ stage: { redis }, random, signal }) {
    await redis?.stop(random.chance(0.5) ? 'SIGKILL' : 'SIGTERM');
    await holdOn(random.int(500, 2500), signal);
    await redis?.start();
    return null;
  },
};

export const redisEmptied: Mischief = {
  name: 'redis',
  title: 'Redis emptied',
  async run({ stage: { redis } }) {
    await redis?.empty();
    return null;
  },
};

export const postgresCrash: Mischief = {
  name: 'postgres',
  title: 'PostgreSQL crash',
  run: (context) => restartPostgres(context, 'immediate'),
};

export const postgresRestart: Mischief = {
  name: 'postgres',
  title: 'PostgreSQL restart',
  run: (context) => restartPostgres(context, 'fast'),
};

async function restartPostgres(context: MischiefContext, mode: 'fast' | 'immediate'): Promise<null> {
  const { stage, random, signal } = context;
  await stage.postgres?.stop(mode);
  await holdOn(random.int(0, 1500), signal);
  await stage.postgres?.start();
  return null;
}
