import { isSuccessStatus, type Answer } from '../../rest/answer.ts';
import { asObject } from '../../rest/read-path.ts';
import type { Failure } from '../../destination.ts';
import { textOf } from '../answer.ts';
import { reasonOf } from '../classify.ts';
import { reading } from '../client.ts';
import { withoutKey } from '../key-ladder.ts';
import type { Fields } from '../org.ts';
import { isOneOf, select } from '../soql.ts';
import { ask, ended, findRecords, isForbidden, posting, stopped, type Made, type Maker, type Step } from './maker.ts';
import type { WantedField } from './wanted-fields.ts';

const PATH = '/tooling/sobjects/CustomField';

/**
 * One field: look, make, look again where the answer does not say (salesforce.md section 5). What counts is what is there
 * in the end: neither a lost answer nor another process at the same work leads to a wrong report. `seen`: what the
 * daemon's user sees of the object; a field that nobody was given access to is not among it.
 */
export async function makeField(maker: Maker, wanted: WantedField, seen: Fields | null): Promise<Made> {
  const visible = seen?.get(wanted.name);
  if (visible !== undefined) return ended(judge(wanted, seen, { isKey: visible.isKey, outcome: 'present' }));
  const before = await findField(maker, wanted);
  if (before.kind === 'failed') return stopped(before.failure);
  if (before.kind === 'found') return ended(judge(wanted, seen, { isKey: before.isKey, outcome: 'present' }));
  const { object, name, metadata } = wanted;
  const reply = await ask(maker, posting(PATH, { FullName: `${object}.${name}`, Metadata: metadata }));
  if (reply.kind === 'answer' && isSuccessStatus(reply.answer.status)) {
    return ended(judge(wanted, seen, { isKey: true, outcome: 'made' }));
  }
  const after = await findField(maker, wanted);
  if (after.kind === 'found') return ended(judge(wanted, seen, { isKey: after.isKey, outcome: 'made' }));
  return reply.kind === 'answer' ? ended(notMade(maker, wanted, seen, reply.answer)) : stopped(reply);
}

type Found =
  | { readonly kind: 'found'; readonly isKey: boolean }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure };

async function findField(maker: Maker, wanted: WantedField): Promise<Found> {
  const where = `${isOneOf('DeveloperName', [wanted.name.replace(/__c$/, '')])} AND NamespacePrefix = null`;
  const soql = select({ from: 'CustomField', fields: ['Id', 'TableEnumOrId'], where });
  const rows = await findRecords(maker, '/tooling/query', soql);
  if ('kind' in rows) return { kind: 'failed', failure: rows };
  const row = rows.find(({ TableEnumOrId }) => objectsOf(wanted).includes(textOf(TableEnumOrId) ?? ''));
  return row === undefined ? { kind: 'absent' } : readKey(maker, textOf(row['Id']) ?? '');
}

/** Not written down anywhere: under which of these names a field of Activity is listed. */
function objectsOf({ object }: WantedField): readonly string[] {
  return object === 'Activity' ? ['Activity', 'Task', 'Event'] : [object];
}

/** Of a definition that may not be read the best is thought: what the daemon's user sees in the end decides. */
async function readKey(maker: Maker, id: string): Promise<Found> {
  const reply = await ask(maker, reading(`${PATH}/${id}`));
  if (reply.kind !== 'answer') return { kind: 'failed', failure: reply };
  const metadata = isSuccessStatus(reply.answer.status) ? asObject(asObject(reply.answer.body)?.['Metadata']) : null;
  return {
    kind: 'found',
    isKey: metadata === null || (metadata['unique'] === true && metadata['externalId'] === true),
  };
}

function judge(
  wanted: WantedField,
  seen: Fields | null,
  { isKey, outcome }: { readonly isKey: boolean; readonly outcome: 'made' | 'present' },
): Step {
  const { object, name, type } = wanted;
  if (isKey) return { outcome, message: `The unique field ${name} on ${object}.` };
  const message = `The field ${name} on ${object} is there, but not both unique and an external id. ${placeOf(wanted)} > ${labelOf(wanted)} > Edit: tick Unique (case sensitive) and External ID; Salesforce refuses it while two records have the same value. Until then: ${withoutKey(type, seen)}`;
  return { outcome: 'failed', message };
}

function notMade(maker: Maker, wanted: WantedField, seen: Fields | null, answer: Answer): Step {
  const { object, name, type } = wanted;
  if (isForbidden(answer)) {
    const byHand = `By hand: ${placeOf(wanted)} > New: Text, length 255, field name ${name.replace(/__c$/, '')}, Unique (case sensitive), External ID; visible for the profile of Hookline's user.`;
    const message = `The unique field ${name} on ${object}: ${maker.who} may not make fields, which takes the permission "Customize Application". ${byHand}`;
    return { outcome: 'failed', message, lacksRight: true };
  }
  const reason = reasonOf(answer, { label: `POST ${PATH}` }).replace(/\.$/, '');
  const about = `The unique field ${name} on ${object} could not be made: ${reason}.`;
  return { outcome: 'refused', message: `${about} Hookline goes on without. ${withoutKey(type, seen)}` };
}

function placeOf({ object }: WantedField): string {
  return `Setup > Object Manager > ${object} > Fields & Relationships`;
}

function labelOf({ metadata }: WantedField): string {
  return textOf(metadata['label']) ?? '';
}
