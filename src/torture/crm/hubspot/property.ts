import type { JsonObject } from '../../../domain/json.ts';

/** One property of one object type. */
export interface Property {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description: string;
  readonly options: readonly PropertyOption[];
  readonly hasUniqueValue: boolean;
  readonly readOnly: boolean;
  readonly hubspotDefined: boolean;
  readonly archived: boolean;
}

export interface PropertyOption {
  readonly label: string;
  readonly value: string;
  readonly displayOrder: number;
  readonly hidden: boolean;
}

/** The properties and groups of one object type. */
export class Schema {
  readonly properties = new Map<string, Property>();
  readonly groups = new Map<string, string>();
  #unique: readonly string[] | null = null;

  /** Undefined when there is none, or it is archived. */
  find(name: string): Property | undefined {
    const property = this.properties.get(name);
    return property?.archived === true ? undefined : property;
  }

  put(property: Property): void {
    this.properties.set(property.name, property);
    this.#unique = null;
  }

  /** Names of the properties in which no two records may agree. */
  unique(): readonly string[] {
    this.#unique ??= [...this.properties.values()]
      .filter(({ hasUniqueValue, archived }) => hasUniqueValue && !archived)
      .map(({ name }) => name);
    return this.#unique;
  }
}

/** As the properties API shows it. */
export function showProperty(property: Property): JsonObject {
  const { readOnly, hubspotDefined, options, ...plain } = property;
  return {
    ...plain,
    options: options.map((option) => ({ ...option })),
    calculated: property.name.includes('_calculated_'),
    externalOptions: property.name === 'hubspot_owner_id',
    hidden: false,
    formField: !readOnly,
    displayOrder: -1,
    hubspotDefined,
    createdAt: '2024-01-01T00:00:00.000Z',
    updatedAt: '2024-01-01T00:00:00.000Z',
    modificationMetadata: {
      archivable: !hubspotDefined,
      readOnlyDefinition: hubspotDefined,
      readOnlyOptions: false,
      readOnlyValue: readOnly,
    },
  };
}
