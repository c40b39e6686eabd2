import { Client } from 'pg';

import { waitUntil } from './wait-until.ts';

/** Somebody else's transaction in a PostgreSQL database: holds rows, so that a test decides who comes first. */
export interface Blocker {
  /** Locks what the query finds until `letGo`. */
  hold(select: string): Promise<void>;
  /** Resolves when so many statements of others wait for locks. */
  waiters(count: number): Promise<void>;
  letGo(): Promise<void>;
  close(): Promise<void>;
}

export async function openBlocker(url: string): Promise<Blocker> {
  const holder = new Client({ connectionString: url });
  const observer = new Client({ connectionString: url });
  await Promise.all([holder.connect(), observer.connect()]);
  const countWaiters = async (): Promise<number> => {
    const { rows } = await observer.query<{ readonly count: string }>(
      `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return Number(rows[0]?.count);
  };
  return {
    async hold(select) {
      await holder.query('begin');
      const { rowCount } = await holder.query(`${select} for update`);
      if (rowCount === 0) throw new Error(`There is nothing to hold: ${select}`);
    },
    async waiters(count) {
      await waitUntil(async () => (await countWaiters()) >= count, { what: `${count} statements to wait`, everyMs: 5 });
    },
    async letGo() {
      await holder.query('commit');
    },
    async close() {
      await Promise.all([holder.end(), observer.end()]);
    },
  };
}
