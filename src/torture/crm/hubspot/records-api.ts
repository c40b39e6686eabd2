import type { ApiAnswer } from '../simulator.ts';
import { getObjectType, missingRecord, NO_CONTENT, ok, readList, type ApiCall } from './api.ts';
import { mergeContacts } from './merge.ts';
import type { ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import type { HubSpotRecord } from './record-table.ts';
import { invalid, malformed } from './refusals.ts';
import { showAssociations, showRecord, showWritten } from './show.ts';
import { Transaction } from './transaction.ts';
import { findByProperty } from './unique-property.ts';
import { createRecord, updateRecord } from './write-records.ts';

/** Operations on single records. */

const MAX_PAGE = 100;

export function create(type: ObjectType, { portal, request, version }: ApiCall): ApiAnswer {
  const transaction = new Transaction(portal);
  const record = createRecord({ transaction, version }, type, request.body);
  transaction.commit();
  return ok(showWritten(portal, type, record, request.body['properties']), 201);
}

export function read(type: ObjectType, id: string, { portal, request }: ApiCall): ApiAnswer {
  const record = get(portal, type, { id, idProperty: request.query.get('idProperty') });
  const types = readList(request.query, 'associations').map(getObjectType);
  return ok({
    ...showRecord(portal, type, record, readList(request.query, 'properties')),
    ...showAssociations(portal, { type, id: record.id }, types),
  });
}

export function list(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const limit = Number(request.query.get('limit') ?? 10);
  if (!(limit >= 1 && limit <= MAX_PAGE)) throw invalid(`limit must be between 1 and ${MAX_PAGE}`);
  const after = request.query.get('after') ?? '';
  const records = portal.tables[type].live().filter(({ id }) => after === '' || Number(id) >= Number(after));
  const next = records[limit];
  return ok({
    results: records
      .slice(0, limit)
      .map((record) => showRecord(portal, type, record, readList(request.query, 'properties'))),
    ...(next === undefined ? {} : { paging: { next: { after: next.id, link: '' } } }),
  });
}

export function update(type: ObjectType, id: string, { portal, request, version }: ApiCall): ApiAnswer {
  const record = get(portal, type, { id, idProperty: request.query.get('idProperty') });
  const transaction = new Transaction(portal);
  const changed = updateRecord({ transaction, version }, type, record, request.body['properties']);
  transaction.commit();
  return ok(showWritten(portal, type, changed, request.body['properties']));
}

export function archive(type: ObjectType, id: string, { portal }: ApiCall): ApiAnswer {
  archiveRecord(portal, type, id);
  return NO_CONTENT;
}

/** Archived records vanish from reads at once and from search when the index learns of it. */
export function archiveRecord(portal: Portal, type: ObjectType, id: string): void {
  const record = portal.find(type, id);
  if (record === undefined) return;
  const archived = { ...record, archived: true, updatedAtMs: portal.now() };
  portal.tables[type].put(archived);
  portal.tellSearch(type, archived);
}

export function merge(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const { primaryObjectId: primary, objectIdToMerge: loser } = request.body;
  if (type !== 'contacts') throw invalid('This simulator merges contacts only.');
  if (typeof primary !== 'string' || typeof loser !== 'string') {
    throw malformed('Some required fields were not set: [primaryObjectId, objectIdToMerge]');
  }
  return ok(showRecord(portal, type, mergeContacts(portal, primary, loser)));
}

function get(
  portal: Portal,
  type: ObjectType,
  { id, idProperty }: { id: string; idProperty: string | null },
): HubSpotRecord {
  const record =
    idProperty === null ? portal.find(type, id) : findByProperty(portal, type, { idProperty, value: id, verb: 'read' });
  if (record === undefined) throw missingRecord(type, id);
  return record;
}
