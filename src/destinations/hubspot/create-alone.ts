import type { JsonObject } from '../../domain/json.ts';
import { isSuccessStatus } from '../rest/answer.ts';
import { readError, readRecord } from './answer.ts';
import { classifyRow } from './classify-row.ts';
import { labelOf } from './exchange.ts';
import { EXTERNAL_ID, OBJECT_TYPES, TO_CONTACT, UNIQUE_PROPERTIES } from './objects.ts';
import type { Task, WriteResult } from './write-record.ts';
import type { WriteVerdict } from './write-batches.ts';

/**
 * Creates one record where the account has no unique property for our key: not repeatable, so the caller has looked
 * before (links, search). An activity is attached in the same request, or it would be made twice if its contact is gone.
 */
export async function createAlone(
  task: Task,
  conclude: (task: Task, verdict: WriteVerdict) => Promise<WriteResult>,
): Promise<WriteResult> {
  const { parts, write, context } = task;
  const path = `/crm/objects/${parts.version}/${OBJECT_TYPES[write.kind]}`;
  const question = { method: 'POST', path, body: bodyOf(task), effect: 'write' } as const;
  const reply = await parts.client.ask(question, context);
  if (reply.kind !== 'answer') return reply;
  const { status, body } = reply.answer;
  if (!isSuccessStatus(status)) return conclude(task, classifyRow(readError(body), labelOf(question)));
  const record = readRecord(body);
  if (record === null) return { kind: 'unknown', reason: `${labelOf(question)} → ${status}: the answer holds no id` };
  return conclude(task, { kind: 'record', record: { ...record, isNew: true } });
}

function bodyOf({ write, properties, portal }: Task): JsonObject {
  const { kind, key, contactId } = write;
  const isKnown = (name: string): boolean => portal.schemas[kind]?.has(name) === true;
  // Not unique here, but a search can find it.
  const ours = [UNIQUE_PROPERTIES[kind], ...(kind === 'call' ? [EXTERNAL_ID] : [])].filter((name) => isKnown(name));
  const marked = { ...Object.fromEntries(ours.map((name) => [name, key])), ...properties };
  if (kind === 'contact' || contactId === null) return { properties: marked };
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: TO_CONTACT[kind] }];
  return { properties: marked, associations: [{ to: { id: contactId }, types }] };
}
