import type { JsonValue } from '../../../domain/json.ts';

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'phone'
  | 'email'
  | 'url'
  | 'picklist'
  | 'combobox'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'reference';

/** A field as describe shows it, with what the simulator has to know beside. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters of a text; 0 for other types. */
  readonly length: number;
  /** Digits of a number before the point. */
  readonly digits: number;
  readonly scale: number;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly nillable: boolean;
  /** What a record gets that is created without a value; null: nothing. */
  readonly defaultValue: JsonValue;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly idLookup: boolean;
  readonly filterable: boolean;
  /** Whether field-level security may hide it. */
  readonly permissionable: boolean;
  readonly picklist: readonly string[];
  readonly restricted: boolean;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
}

export type FieldDefinition = Partial<Field> & { readonly name: string };

const TEXT_TYPES: readonly FieldType[] = ['string', 'textarea', 'phone', 'email', 'url', 'picklist', 'combobox'];
const LENGTHS: Partial<Record<FieldType, number>> = { phone: 40, email: 80, id: 18, reference: 18 };

export function isText({ type }: Field): boolean {
  return TEXT_TYPES.includes(type);
}

export function isNumber({ type }: Field): boolean {
  return ['int', 'double', 'currency', 'percent'].includes(type);
}

export function isCustom({ name }: Field): boolean {
  return name.toLowerCase().endsWith('__c');
}

/** A text of 255 characters that anybody may write, unless told otherwise. */
export function createField(given: FieldDefinition): Field {
  const type = given.type ?? 'string';
  const length = given.length ?? (TEXT_TYPES.includes(type) || type in LENGTHS ? (LENGTHS[type] ?? 255) : 0);
  return {
    label: labelOf(given.name),
    digits: type === 'int' ? 8 : 18,
    scale: 0,
    createable: true,
    updateable: true,
    nillable: type !== 'boolean',
    defaultValue: type === 'boolean' ? false : null,
    externalId: false,
    unique: false,
    caseSensitive: false,
    idLookup: given.externalId ?? false,
    // Long text cannot be filtered by.
    filterable: type !== 'textarea' || length <= 255,
    permissionable: true,
    picklist: [],
    restricted: false,
    referenceTo: [],
    relationshipName: null,
    ...given,
    type,
    length,
  };
}

function labelOf(name: string): string {
  return name
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/ Id$/, ' ID');
}

/** The fields of one object; their names are not case-sensitive. */
export class Schema {
  readonly #fields = new Map<string, Field>();

  constructor(fields: readonly Field[]) {
    for (const field of fields) this.put(field);
  }

  find(name: string): Field | undefined {
    return this.#fields.get(name.toLowerCase());
  }

  /** A reference by the name of its relationship: `Account` for `AccountId`. */
  findRelationship(name: string): Field | undefined {
    return this.all().find(({ relationshipName }) => relationshipName?.toLowerCase() === name.toLowerCase());
  }

  all(): readonly Field[] {
    return [...this.#fields.values()];
  }

  put(field: Field): void {
    this.#fields.set(field.name.toLowerCase(), field);
  }

  remove(name: string): void {
    this.#fields.delete(name.toLowerCase());
  }
}
