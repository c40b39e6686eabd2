import type { JsonValue } from '../../../domain/json.ts';
import type { Entity } from './object-types.ts';

type Fields = Readonly<Record<string, JsonValue>>;

/** FIELD_CUSTOM_VALIDATION_EXCEPTION for records that an administrator does not want so. */
export interface ValidationRule {
  readonly message: string;
  /** Where the message is shown; default: on the page as a whole. */
  readonly field?: string;
  readonly refuses: (fields: Fields) => boolean;
}

/** DUPLICATES_DETECTED for a record that agrees with another in one of these fields. */
export interface DuplicateRule {
  readonly name?: string;
  readonly fields: readonly string[];
  /** Alert: `allowSave=true` passes it. */
  readonly action: 'alert' | 'block';
  /** Where others are looked for; default: the object itself. */
  readonly against?: readonly Entity[];
  /** Default true. */
  readonly onUpdate?: boolean;
}

/** Something that goes wrong with single rows, whatever request they come in. */
export interface RowFault {
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly string[];
  readonly when?: (row: { readonly entity: Entity; readonly id: string | null; readonly fields: Fields }) => boolean;
  /** Default 1. */
  readonly times?: number;
}

/** What an administrator set up that writes run into. */
export class OrgRules {
  readonly validation = new Map<Entity, ValidationRule[]>();
  readonly duplicates = new Map<Entity, DuplicateRule[]>();
  readonly faults: { readonly fault: RowFault; left: number }[] = [];
  /** Whom an active lead assignment rule gives leads to. */
  leadOwner: string | null = null;

  addValidation(entity: Entity, rule: ValidationRule): void {
    this.validation.set(entity, [...(this.validation.get(entity) ?? []), rule]);
  }

  addDuplicate(entity: Entity, rule: DuplicateRule): void {
    this.duplicates.set(entity, [...(this.duplicates.get(entity) ?? []), rule]);
  }

  addFault(fault: RowFault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  takeFault(row: {
    readonly entity: Entity;
    readonly id: string | null;
    readonly fields: Fields;
  }): RowFault | undefined {
    const found = this.faults.find(({ fault, left }) => left > 0 && (fault.when?.(row) ?? true));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  }
}
