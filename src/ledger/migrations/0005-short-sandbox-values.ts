import { sql, type Compilable, type Kysely } from 'kysely';

import type { Schema } from '../schema.ts';

/** Values are kept a second time to be found by; long ones never are, and PostgreSQL takes none of them into an index. */
export function shortSandboxValues(db: Kysely<Schema>): readonly Compilable[] {
  return [db.deleteFrom('sandbox_values').where(sql<boolean>`length(value) > 256`)];
}
