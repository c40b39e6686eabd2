import type { JsonObject } from '../../../domain/json.ts';
import { isSuccessStatus, type Answer } from '../../rest/answer.ts';
import { asObject } from '../../rest/read-path.ts';
import { sentenceOf } from '../../sentence-of.ts';
import { textOf } from '../answer.ts';
import { reasonOf } from '../classify.ts';
import { ask, findRecords, isForbidden, posting, type Maker, type Step } from './maker.ts';

/** A record of the org's set-up that is to be there. */
export interface WantedRecord {
  /** `PermissionSet` */
  readonly type: string;
  /** Finds it. */
  readonly soql: string;
  readonly body: JsonObject;
  /** What it is, as the report calls it. */
  readonly title: string;
  /** The permission that making it takes. */
  readonly right: string;
  /** Where an administrator does it himself. */
  readonly byHand: string;
}

export type MadeRecord =
  | { readonly kind: 'there'; readonly record: JsonObject; readonly step: Step }
  | { readonly kind: 'missing'; readonly step: Step; readonly goOn: boolean };

/** Looks, makes, and looks again where the answer does not say. */
export async function makeRecord(maker: Maker, wanted: WantedRecord): Promise<MadeRecord> {
  const { type, soql, body, title } = wanted;
  const before = await findRecords(maker, '/query', soql);
  if ('kind' in before) return missing({ outcome: 'failed', message: sentenceOf(before) }, false);
  const [present] = before;
  if (present !== undefined) return { kind: 'there', record: present, step: { outcome: 'present', message: title } };
  const reply = await ask(maker, posting(`/sobjects/${type}`, body));
  const made: Step = { outcome: 'made', message: title };
  if (reply.kind === 'answer' && isSuccessStatus(reply.answer.status)) {
    const id = textOf(asObject(reply.answer.body)?.['id']) ?? '';
    return { kind: 'there', record: { ...body, Id: id }, step: made };
  }
  const after = await findRecords(maker, '/query', soql);
  const [found] = 'kind' in after ? [] : after;
  if (found !== undefined) return { kind: 'there', record: found, step: made };
  if (reply.kind !== 'answer') {
    return missing({ outcome: 'failed', message: sentenceOf(reply) }, reply.kind === 'rejected');
  }
  return missing(notDone(maker, wanted, reply.answer), true);
}

function missing(step: Step, goOn: boolean): MadeRecord {
  return { kind: 'missing', step, goOn };
}

/** What could not be made or changed, why, and how an administrator does it. */
export function notDone(
  { who }: Maker,
  { title, type, right, byHand }: Omit<WantedRecord, 'soql' | 'body'>,
  answer: Answer,
): Step {
  const about = title.replace(/\.$/, '');
  if (isForbidden(answer)) {
    const message = `${about}: ${who} may not do that, which takes the permission "${right}". ${byHand}`;
    return { outcome: 'failed', message, lacksRight: true };
  }
  const reason = reasonOf(answer, { label: `POST /sobjects/${type}` }).replace(/\.$/, '');
  return { outcome: 'failed', message: `${about}: ${reason}. ${byHand}` };
}
