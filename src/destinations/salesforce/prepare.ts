import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { hashText } from '../../shared/hash.ts';
import { didYouMean } from '../../shared/nearest.ts';
import type { FieldNote, RecordWrite } from '../destination.ts';
import { asObject } from '../rest/read-path.ts';
import { findOption, formatValue } from './format.ts';
import { CALL_OBJECT, keyFieldOf, PERSON_TYPES, personTypeOf, type SObjectType } from './objects.ts';
import { hasKey, type Field, type Org } from './org.ts';
import { nameOn } from './person-fields.ts';
import { UNKNOWN_COMPANY, UNKNOWN_NAME } from './placeholders.ts';

/** The values of one write as Salesforce takes them, and what had to be left out or changed. */
export interface PreparedWrite {
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly notes: readonly FieldNote[];
}

export interface PrepareOptions {
  readonly type: SObjectType;
  readonly org: Org;
  /** IANA zone in which a time becomes a day. */
  readonly zone: string;
}

/** Pure. */
export function prepareWrite(write: RecordWrite, options: PrepareOptions): PreparedWrite {
  const { type } = options;
  const values: [string, JsonValue][] = [];
  const notes: FieldNote[] = [];
  for (const [field, raw] of Object.entries(write.fields)) {
    const prepared = prepareField(field, raw, write, options);
    if ('name' in prepared) values.push([prepared.name, prepared.value]);
    if (prepared.note !== undefined) notes.push({ field, ...prepared.note });
  }
  const own = Object.fromEntries(values);
  const kept = write.kind === 'contact' ? own : withoutWhatOfLead(own, write);
  const whole = write.id === null ? { ...kept, ...required(type, kept, write), ...keysOf(write, options) } : kept;
  return { values: { ...whole, ...personOf(write) }, notes };
}

type PreparedField = { readonly note?: Omit<FieldNote, 'field'> } & (
  { readonly name: string; readonly value: JsonValue } | object
);

function prepareField(field: string, raw: JsonValue, write: RecordWrite, options: PrepareOptions): PreparedField {
  const { type, org, zone } = options;
  const name = nameOn(type, field);
  if (name === null) return elsewhere(`only a ${field.split('.')[0]} has it, and this is a ${type}`);
  const known = org.objects[type]?.get(name);
  if (known === undefined) return missing(name, options);
  const closed = write.kind === 'call' && name === 'Status' ? closedStatus(raw, known, org) : null;
  if (closed !== null)
    return { name, value: closed, note: { kind: 'different', reason: `a closed Task is "${closed}" here` } };
  const refusal = unwritable(known, write.id === null);
  if (refusal !== null) return { note: refusal };
  const formatted = formatValue(raw, known, zone);
  if (formatted.kind === 'unusable') return dropped(formatted.reason);
  const note = formatted.note === undefined ? {} : { note: { kind: 'different' as const, reason: formatted.note } };
  return { name, value: formatted.value, ...note };
}

function dropped(reason: string): PreparedField {
  return { note: { kind: 'dropped', reason } };
}

function elsewhere(reason: string): PreparedField {
  return { note: { kind: 'elsewhere', reason } };
}

/** A field of another kind of person is not missed on this one. */
function missing(name: string, { type, org }: PrepareOptions): PreparedField {
  const others = type === 'Task' ? [] : PERSON_TYPES.filter((other) => org.objects[other]?.has(name) === true);
  if (others.length > 0) return elsewhere(`a ${type} has no ${name}`);
  const known = [...(org.objects[type]?.keys() ?? [])];
  return dropped(`the user sees no field "${name}" on ${type}.${didYouMean(name, known)}`);
}

/** Create-only fields never break an update (salesforce.md section 4.5). */
function unwritable({ name, isCreateable, isUpdateable }: Field, isNew: boolean): Omit<FieldNote, 'field'> | null {
  if (isNew ? isCreateable : isUpdateable) return null;
  if (isCreateable) return { kind: 'elsewhere', reason: `Salesforce takes ${name} only when the record is made` };
  return { kind: 'dropped', reason: `Salesforce does not let this user write ${name}` };
}

const DEFAULT_CLOSED = 'Completed';

/** Null: as it is. Orgs give their statuses other names, and a call that is over is nothing to be done. */
function closedStatus(raw: JsonValue, { values }: Field, { closedStatuses }: Org): string | null {
  if (raw !== DEFAULT_CLOSED || closedStatuses.includes(DEFAULT_CLOSED)) return null;
  return closedStatuses.find((status) => findOption(values ?? [], status) !== null) ?? null;
}

/** A Lead that is no caller by name gets the number as one: `toFoundRecord` hides it again. An empty text is no name. */
function required(type: SObjectType, values: PreparedWrite['values'], { scope }: RecordWrite): PreparedWrite['values'] {
  if (type === 'Task' || type === 'Account') return {};
  const name = { LastName: textAt(scope, 'contact', 'phone') ?? UNKNOWN_NAME };
  const standIns = type === 'Lead' ? { ...name, Company: UNKNOWN_COMPANY } : name;
  return Object.fromEntries(Object.entries(standIns).filter(([field]) => !isGiven(values[field])));
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** What keeps records of one call or person apart, as far as the org has it. */
function keysOf({ key }: RecordWrite, { type, org }: PrepareOptions): PreparedWrite['values'] {
  const name = keyFieldOf(type);
  if (name !== null && hasKey(org, type)) return { [name]: keyText(key, org.objects[type]?.get(name)) };
  const mark = type === 'Task' ? org.objects.Task?.get(CALL_OBJECT) : undefined;
  return mark?.isCreateable === true ? { [CALL_OBJECT]: keyText(key, mark) } : {};
}

/** A key that is longer than its field is told by its hash. */
export function keyText(key: string, field: Pick<Field, 'length'> | undefined): string {
  const length = field?.length ?? 255;
  if (key.length <= length) return key;
  const hash = hashText(key);
  return `${key.slice(0, Math.max(0, length - hash.length - 1)).toWellFormed()}~${hash}`.slice(-length);
}

/** Where a call or task belongs; people are `Who`, companies `What`. */
export function personOf({ kind, contactId, attach, id }: RecordWrite): PreparedWrite['values'] {
  if (kind === 'contact' || contactId === null || !attach) return {};
  const type = personTypeOf(contactId);
  // What it hung on before must not stay beside it.
  if (type === 'Account') return { WhatId: contactId, ...(id === null ? {} : { WhoId: null }) };
  return { WhoId: contactId, ...(id === null || type !== 'Lead' ? {} : { WhatId: null }) };
}

/** A Task on a Lead can hang on nothing else (salesforce.md section 4.3). */
function withoutWhatOfLead(values: PreparedWrite['values'], { contactId }: RecordWrite): PreparedWrite['values'] {
  if (contactId === null || personTypeOf(contactId) !== 'Lead') return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'WhatId'));
}

function textAt(scope: JsonObject, name: string, field: string): string | null {
  const value = asObject(scope[name] ?? null)?.[field];
  return typeof value === 'string' && value !== '' ? value : null;
}
