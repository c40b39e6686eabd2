import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { createField, type Field, type FieldType } from './field.ts';
import { isObject, refuse } from './refusals.ts';

/** Types of the Metadata API → of describe. */
const TYPES: Readonly<Record<string, FieldType>> = {
  Text: 'string',
  TextArea: 'textarea',
  LongTextArea: 'textarea',
  Checkbox: 'boolean',
  Number: 'double',
  Currency: 'currency',
  Percent: 'percent',
  Date: 'date',
  DateTime: 'datetime',
  Phone: 'phone',
  Email: 'email',
  Url: 'url',
  Picklist: 'picklist',
};
const EXTERNAL = ['Text', 'Number', 'Email'];

/** Throws for what the type needs and does not have, and for what it cannot have. */
export function readFieldMetadata(object: string, name: string, metadata: JsonObject): Field {
  const kind = textOf(metadata['type']);
  const type = TYPES[kind];
  const label = textOf(metadata['label']);
  if (type === undefined) {
    const message = `Field Type: bad value for restricted picklist field: ${kind}`;
    throw refuse('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, ['Metadata']);
  }
  if (label === '' || label.length > 40) throw integrity('Field Label: needs 1 to 40 characters', 'Label');
  checkKind(object, kind, metadata);
  return createField({
    name,
    label,
    type,
    ...sizes(kind, metadata),
    externalId: metadata['externalId'] === true,
    unique: metadata['unique'] === true,
    caseSensitive: metadata['caseSensitive'] === true,
    ...picklistOf(metadata['valueSet']),
  });
}

/** What a type cannot have, and where it cannot be. */
function checkKind(object: string, kind: string, metadata: JsonObject): void {
  if (kind === 'LongTextArea' && object === 'Activity') {
    throw integrity('Long Text Area fields are not available on Activity', 'Metadata');
  }
  const isKey = metadata['externalId'] === true || metadata['unique'] === true;
  if (isKey && !EXTERNAL.includes(kind))
    throw integrity(`Can not specify 'externalId' for a ${kind} field`, 'Metadata');
  if (metadata['caseSensitive'] !== undefined && metadata['unique'] !== true) {
    throw integrity("Can not specify 'caseSensitive' for a field that is not unique", 'Metadata');
  }
}

function sizes(kind: string, metadata: JsonObject): Partial<Pick<Field, 'length' | 'digits' | 'scale'>> {
  if (kind === 'Text') return { length: between(metadata['length'], 1, 255) };
  if (kind === 'LongTextArea') {
    between(metadata['visibleLines'], 2, 50);
    return { length: between(metadata['length'], 256, 131_072) };
  }
  if (!['Number', 'Currency', 'Percent'].includes(kind)) return {};
  const precision = between(metadata['precision'], 1, 18);
  const scale = between(metadata['scale'], 0, 17);
  return { digits: precision - scale, scale };
}

function between(sent: JsonValue | undefined, min: number, max: number): number {
  const number = Number(sent ?? Number.NaN);
  if (number >= min && number <= max) return number;
  throw integrity(`Must specify a value from ${min} to ${max}, got ${textOf(sent)}`, 'Metadata');
}

/** `{restricted, valueSetDefinition: {value: [{fullName}]}}` */
function picklistOf(sent: JsonValue | undefined): Partial<Pick<Field, 'picklist' | 'restricted'>> {
  const definition = isObject(sent) ? sent['valueSetDefinition'] : undefined;
  const values = isObject(definition) ? definition['value'] : undefined;
  if (!isObject(sent) || !Array.isArray(values)) return {};
  const picklist = (values as readonly JsonObject[]).map((value) => textOf(value['fullName'] ?? value['valueName']));
  return { picklist, restricted: sent['restricted'] === true };
}

function integrity(message: string, field: string): Error {
  return refuse('FIELD_INTEGRITY_EXCEPTION', message, [field]);
}
