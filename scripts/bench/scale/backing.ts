import { startPostgres } from '../../../test/support/postgres.ts';
import { startRedis } from '../../../test/support/redis.ts';

export const MODES = ['embedded', 'postgres', 'scaled'] as const;
export type Mode = (typeof MODES)[number];

/** The servers behind one mode, of our own and fresh. */
export interface Backing {
  readonly mode: Mode;
  /** What tells the daemon of them. */
  readonly env: Readonly<Record<string, string>>;
  /** The Redis of the naive receiver: that of the mode, where it has one. */
  readonly naiveRedisUrl: string;
  stop(): Promise<void>;
}

/** Starts what the mode needs. Redis appends to its file once a second, PostgreSQL commits with fsync: their defaults. */
export async function startBacking(mode: Mode): Promise<Backing> {
  const redis = await startRedis({ appendOnly: true });
  const postgres =
    mode === 'embedded' ? null : await startPostgres({ shared_buffers: '512MB', max_connections: '200' });
  const databaseUrl = await postgres?.createDatabase();
  return {
    mode,
    env: {
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...(mode === 'scaled' ? { REDIS_URL: redis.url } : {}),
    },
    naiveRedisUrl: redis.url,
    async stop() {
      await redis.stop();
      await postgres?.stop();
    },
  };
}
