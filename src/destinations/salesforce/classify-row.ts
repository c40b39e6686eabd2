import type { Failure } from '../destination.ts';
import type { SalesforceError } from './answer.ts';
import { wordsOfErrors } from './classify.ts';
import { failureOf } from './error-codes.ts';
import { isId, longId } from './objects.ts';

/** What a refusal of one record means. */
export type RowVerdict =
  /** A value that exists once stands on this record already; `id` null: Salesforce does not say on which. */
  | { readonly kind: 'exists'; readonly id: string | null; readonly field: string | null; readonly reason: string }
  /** A duplicate rule of the org found these. */
  | { readonly kind: 'duplicates'; readonly ids: readonly string[]; readonly reason: string }
  /** These fields cannot be written so; the others can. */
  | { readonly kind: 'bad_fields'; readonly fields: readonly BadField[]; readonly reason: string }
  | Failure;

export interface BadField {
  readonly field: string;
  readonly message: string;
  /** It points to a record that is not there. */
  readonly isDangling: boolean;
  /** What is known of the org's fields turned out to be wrong. */
  readonly isUnknown: boolean;
}

export interface RowContext {
  readonly destination: string;
  readonly label: string;
  readonly nowMs: number;
}

/** The value is wrong, and Salesforce says in which field. */
const BAD_VALUE = new Set([
  'STRING_TOO_LONG',
  'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
  'INVALID_EMAIL_ADDRESS',
  'NUMBER_OUTSIDE_VALID_RANGE',
  'MALFORMED_ID',
  'INACTIVE_OWNER_OR_USER',
  'FIELD_INTEGRITY_EXCEPTION',
  'FIELD_FILTER_VALIDATION_EXCEPTION',
  'INVALID_TYPE_ON_FIELD_IN_RECORD',
  'INVALID_CROSS_REFERENCE_KEY',
  'MAX_TASK_DESCRIPTION_EXCEEDED',
]);

/** The field is not there, or not to be written. */
const BAD_FIELD = new Set(['INVALID_FIELD', 'INVALID_FIELD_FOR_INSERT_UPDATE', 'JSON_PARSER_ERROR']);

/** The record, or the person it hangs on, is not there under this id any more. */
const GONE = new Set(['ENTITY_IS_DELETED', 'CANNOT_UPDATE_CONVERTED_LEAD', 'NOT_FOUND', 'INVALID_ID_FIELD']);

/** What a refusal of one record means. Pure. */
export function classifyRow(errors: readonly SalesforceError[], context: RowContext): RowVerdict {
  const reason = `${context.label} → ${errors.length === 0 ? 'refused without a word' : wordsOfErrors(errors)}`;
  const failure = errors.map((error) => failureOf(error, { ...context, reason })).find((found) => found !== null);
  if (failure !== undefined) return failure;
  if (errors.some((error) => isGone(error))) return { kind: 'gone', reason };
  const held = errors.find(({ code }) => code === 'DUPLICATE_VALUE');
  if (held !== undefined) return { kind: 'exists', ...readHolder(held.message), reason };
  const duplicates = errors.filter(({ code }) => code === 'DUPLICATES_DETECTED');
  if (duplicates.length > 0) {
    const ids = duplicates.flatMap(({ matches }) => matches).map((id) => longId(id));
    return { kind: 'duplicates', ids: [...new Set(ids)], reason };
  }
  const fields = errors.flatMap((error) => badFields(error));
  const isAllOfIt = errors.every((error) => badFields(error).length > 0);
  return fields.length > 0 && isAllOfIt ? { kind: 'bad_fields', fields, reason } : rejected(errors, reason);
}

/** Without a field it is the record itself, or whatever it points to. */
function isGone({ code, fields }: SalesforceError): boolean {
  return GONE.has(code) || (code === 'INVALID_CROSS_REFERENCE_KEY' && fields.length === 0);
}

// Anchored: Salesforce repeats values it refuses, and a caller may have said anything.
const HOLDER = /^duplicate value found: (\w+) duplicates value on record with id: ?<?(\w*)>?/i;

function readHolder(message: string): { readonly id: string | null; readonly field: string | null } {
  const [, field, id] = HOLDER.exec(message) ?? [];
  return { field: field ?? null, id: id !== undefined && isId(id) ? longId(id) : null };
}

const NO_COLUMN = /^No such column '(\w+)' on /;
const UNWRITABLE = /^Unable to create\/update fields: ([\w, ]+)\./;

function badFields({ code, message, fields }: SalesforceError): readonly BadField[] {
  const isUnknown = BAD_FIELD.has(code);
  if (!isUnknown && !BAD_VALUE.has(code)) return [];
  const column = NO_COLUMN.exec(message)?.[1];
  const unwritable = UNWRITABLE.exec(message)?.[1]
    ?.split(',')
    .map((name) => name.trim());
  const named = fields.length > 0 ? fields : (unwritable ?? (column === undefined ? [] : [column]));
  const isDangling = code === 'INVALID_CROSS_REFERENCE_KEY';
  return named.map((field) => ({ field, message: `${code}: ${message}`, isUnknown, isDangling }));
}

/** What an operator can do about it. */
const HINTS: Readonly<Record<string, string>> = {
  REQUIRED_FIELD_MISSING: 'The org requires this field: map it.',
  FIELD_CUSTOM_VALIDATION_EXCEPTION:
    'A validation rule of the org refuses it, in its own words: map what it asks for, or except the Hookline user from it.',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY:
    'The user may not write to this record or its person: look at sharing and object permissions.',
  INSUFFICIENT_ACCESS_OR_READONLY: 'The user may not write this record: look at sharing and object permissions.',
};

function rejected(errors: readonly SalesforceError[], reason: string): Failure {
  const hint = errors.map(({ code }) => HINTS[code]).find((found) => found !== undefined);
  return { kind: 'rejected', reason, ...(hint === undefined ? {} : { hint }) };
}
