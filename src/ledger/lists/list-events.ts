import { sql } from 'kysely';

import { eventState, selectEvents, toStoredEvent } from '../events/event-row.ts';
import type { Database } from '../database.ts';
import type { Ledger } from '../ledger.ts';
import { rowsToRead, toPage } from './page.ts';
import { searchEvents } from './search-calls.ts';

type EventLists = Pick<Ledger, 'listEvents' | 'findEvent'>;

/** Events, newest first, with their bodies. */
export function createEventLists({ db }: Database): EventLists {
  return {
    async listEvents(filter) {
      const { after, source, state, search } = filter;
      let query = selectEvents(db).orderBy('events.id', 'desc').limit(rowsToRead(filter));
      if (after !== undefined) query = query.where('events.id', '<', after);
      if (source !== undefined) query = query.where('events.source', '=', source);
      if (state !== undefined) query = query.where(sql<boolean>`${eventState()} = ${state}`);
      if (search !== undefined) query = query.where('events.id', 'in', searchEvents(db, search));
      const page = toPage(await query.execute(), filter, (row) => row.id);
      return { next: page.next, rows: page.rows.map(toStoredEvent) };
    },
    async findEvent(id) {
      const row = await selectEvents(db).where('events.id', '=', id).executeTakeFirst();
      return row === undefined ? null : toStoredEvent(row);
    },
  };
}
