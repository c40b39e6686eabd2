import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { CompiledField, WritePolicy } from './compiled-sync.ts';
import type { FieldReport } from './sync.ts';

/** A field with the value this call wants there; never null. */
export interface ProjectedField {
  readonly field: string;
  readonly value: JsonValue;
  readonly write: WritePolicy;
  readonly onlyOn: 'create' | 'update' | null;
  /** What happened to the value on the way: `cut from 9000 to 5000 characters`. */
  readonly note?: string;
  /** Says nothing about the person: gives way to whatever a rule of any call, or a person, has put there. */
  readonly isFallback?: boolean;
}

/** What one call wants one record to look like. */
export interface Projection {
  readonly fields: readonly ProjectedField[];
  /** Fields this call has nothing for, each with its reason. */
  readonly dropped: readonly FieldReport[];
}

/** Renders the fields of one record. Pure. An empty value is dropped: what a call does not know blanks nothing. */
export function projectFields(fields: readonly CompiledField[], scope: JsonObject): Projection {
  const projected: ProjectedField[] = [];
  const dropped: FieldReport[] = [];
  for (const field of fields) {
    const result = projectField(field, scope);
    if ('action' in result) dropped.push(result);
    else projected.push(result);
  }
  return { fields: projected, dropped };
}

function projectField(field: CompiledField, scope: JsonObject): ProjectedField | FieldReport {
  const drop = (reason: string): FieldReport => ({ field: field.field, after: null, action: 'dropped', reason });
  const dropEmpty = (reason: string): FieldReport => ({ ...drop(reason), empty: true });
  if (field.when !== null && !field.when(scope)) return dropEmpty('its when is false');
  const rendered = field.render(scope);
  if (rendered.kind === 'failed') return drop(rendered.reason);
  const { value, note } = cut(rendered.value, field.maxLength);
  if (value === null || (field.omitEmpty && isEmptyValue(value))) return dropEmpty('no value');
  const { field: name, write, onlyOn } = field;
  const { isFallback = false } = rendered;
  return {
    field: name,
    value,
    write,
    onlyOn,
    ...(note === undefined ? {} : { note }),
    ...(isFallback ? { isFallback } : {}),
  };
}

/** Null, white space, and whatever holds nothing else: `[]`, `{}`, `[{}]`. */
export function isEmptyValue(value: JsonValue): boolean {
  if (value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.values(value).every((member: JsonValue) => isEmptyValue(member));
}

/** Counts characters, not UTF-16 units: half an emoji is refused by some CRMs. */
function cut(value: JsonValue, maxLength: number | null): { readonly value: JsonValue; readonly note?: string } {
  if (typeof value !== 'string' || maxLength === null || value.length <= maxLength) return { value };
  const characters = Array.from(value);
  if (characters.length <= maxLength) return { value };
  const note = `cut from ${characters.length} to ${maxLength} characters`;
  return { value: `${characters.slice(0, maxLength - 1).join('')}…`, note };
}
