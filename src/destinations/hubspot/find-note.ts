import type { JsonValue } from '../../domain/json.ts';
import type { Failure, Fields, FoundRecord, RecordWrite, RequestContext, Result } from '../destination.ts';
import { isSuccessStatus } from '../rest/answer.ts';
import { asObject } from '../rest/read-path.ts';
import { textOf } from './answer.ts';
import { reasonOf } from './classify.ts';
import { firstLine } from './continue-in-notes.ts';
import { labelOf } from './exchange.ts';
import { readRecord } from './find-contacts.ts';
import { NOTE_BODY } from './objects.ts';
import type { HubSpotParts } from './parts.ts';

/**
 * The note of a contact that begins as this one does: no search, so that no index lags behind. Null: there is none, or it
 * is not told whose it would be.
 */
export async function findNote(
  parts: HubSpotParts,
  { contactId, fields }: RecordWrite,
  context: RequestContext,
): Promise<Result<FoundRecord | null> | null> {
  const wanted = beginOf(fields);
  if (contactId === null || wanted === '') return null;
  const ids = await listNotes(parts, contactId, context);
  if (ids.kind !== 'ok') return ids;
  for (const read of await Promise.all(ids.value.map((id) => readRecord(parts, 'note', id, context)))) {
    if (read.kind !== 'ok' && read.kind !== 'gone') return read;
    if (read.kind === 'ok' && beginOf(read.value.fields) === wanted) return read;
  }
  return { kind: 'ok', value: null };
}

function beginOf(fields: Fields): string {
  return firstLine(textOf(fields[NOTE_BODY]) ?? '');
}

async function listNotes(
  { client, version }: HubSpotParts,
  contactId: string,
  context: RequestContext,
): Promise<Result<readonly string[]>> {
  const ids: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const path: string = `/crm/objects/${version}/contacts/${encodeURIComponent(contactId)}/associations/notes?limit=500${after}`;
    const question = { method: 'GET', path, body: null, effect: 'read' } as const;
    const reply = await client.look(question, context);
    if (reply.kind !== 'answer') return reply;
    const { answer } = reply;
    if (!isSuccessStatus(answer.status)) return refusal(answer.status, reasonOf(answer, { label: labelOf(question) }));
    const page = asObject(answer.body) ?? {};
    ids.push(...idsOf(page['results']));
    after = nextOf(page['paging']);
  }
  return { kind: 'ok', value: ids };
}

function refusal(status: number, reason: string): Failure {
  return { kind: status === 404 ? 'gone' : 'rejected', reason };
}

/** A record of many associations names the other end; a plain one is called by its id. */
function idsOf(results: JsonValue | undefined): readonly string[] {
  const list = Array.isArray(results) ? (results as readonly JsonValue[]) : [];
  return list.flatMap((item) => textOf(asObject(item)?.['toObjectId'] ?? asObject(item)?.['id']) ?? []);
}

function nextOf(paging: JsonValue | undefined): string | null {
  const after = textOf(asObject(asObject(paging ?? null)?.['next'] ?? null)?.['after']);
  return after === null ? null : `&after=${encodeURIComponent(after)}`;
}
