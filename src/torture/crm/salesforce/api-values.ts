import type { JsonValue } from '../../../domain/json.ts';
import type { Field } from './field.ts';

/** A value as the API shows it: nothing is null, but of a checkbox it is false. */
export function toApi(field: Field, value: JsonValue | undefined): JsonValue {
  return value ?? (field.type === 'boolean' ? false : null);
}
