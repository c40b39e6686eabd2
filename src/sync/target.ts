import type { FoundRecord, RecordKind, RecordWrite, Result } from '../destinations/destination.ts';
import type { JsonObject } from '../domain/json.ts';
import { hashJson } from '../shared/hash.ts';
import { planFields, type FieldPlan, type RecordSituation } from './plan-fields.ts';
import type { Projection } from './project-fields.ts';
import type { SyncSession } from './session.ts';

/** One record as a call wants it, and where its links stand. */
export interface Target {
  readonly kind: RecordKind;
  /** Given to the destination: stable over retries. */
  readonly key: string;
  /** What else a person is known by; others have none. */
  readonly aliases: readonly string[];
  readonly projection: Projection;
  /** The contact a call or task belongs to. */
  readonly contactId: string | null;
  readonly scope: JsonObject;
  /** Keys of links that only say which record it is; a contact has several, others none. */
  readonly pointers: readonly string[];
  /** Key of the link that carries hash and stamps. */
  readonly stampedKey: (recordId: string) => string;
  /** Reads the record, null when it cannot be shown; absent when the destination offers no way. */
  readonly read: ((recordId: string) => Promise<Result<FoundRecord | null>>) | null;
}

export type TargetSituation = Omit<RecordSituation, 'moment' | 'force'>;

export interface TargetPlan extends FieldPlan {
  /** Fields that were announced and not taken: what was announced is taken back. */
  readonly forgotten?: readonly string[];
  readonly contactChanged: boolean;
}

/** Where nothing is yet. */
export const NEW_RECORD: TargetSituation = { creating: true, current: null, currentIsWhole: true, stamps: {} };

/** The pseudo-field that remembers which contact a call or task was attached to. */
export const CONTACT_STAMP = '@contact';

/**
 * The pseudo-field of an intent that remembers the key under which the record was about to be made: a person may be known by
 * something else first the next time, and a CRM that is asked by another key would make another contact.
 */
export const KEY_STAMP = '@key';

/** What would be written, given what is known of the record. */
export function planTarget({ moment, input }: SyncSession, target: Target, situation: TargetSituation): TargetPlan {
  const plan = planFields(target.projection, { ...situation, moment, force: input.force });
  if (target.contactId === null) return { ...plan, contactChanged: false };
  const hash = hashJson(target.contactId);
  const stamp = situation.stamps[CONTACT_STAMP];
  const isThere = stamp?.hash === hash && stamp.pending === undefined;
  if (!input.force && isThere) return { ...plan, contactChanged: false };
  const stamps = { ...plan.stamps, [CONTACT_STAMP]: { hash, asOf: moment.asOf } };
  return { ...plan, stamps, stampsChanged: true, contactChanged: true };
}

/** The request to the destination; `id` null creates. */
export function toWrite(
  target: Target,
  id: string | null,
  plan: TargetPlan,
  attemptedAtMs: number | null = null,
): RecordWrite {
  const { kind, key, aliases, contactId, scope } = target;
  const { fields, allFields, contactChanged: attach } = plan;
  return { kind, key, aliases, id, fields, allFields, attemptedAtMs, contactId, attach, scope };
}
