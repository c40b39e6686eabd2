import type { JsonObject } from '../../domain/json.ts';
import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { toStatement } from '../statement.ts';

/** Tokens that destinations rotate; no list shows them. */
export function createSecrets(database: Database): Pick<Ledger, 'loadSecret' | 'saveSecret'> {
  const { db } = database;
  return {
    async loadSecret(name) {
      const row = await db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.value) as JsonObject);
    },
    async saveSecret(name, value) {
      const text = JSON.stringify(value);
      const save = db
        .insertInto('secrets')
        .values({ name, value: text })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }));
      await database.write([toStatement(save)]);
    },
  };
}
