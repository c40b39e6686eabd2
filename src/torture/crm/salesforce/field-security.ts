import { textOf } from '../json-text.ts';
import { isCustom, type Field } from './field.ts';
import type { Entity } from './object-types.ts';
import type { Org } from './org.ts';

export type FieldAccess = 'none' | 'read' | 'edit';

/** Which fields the API user sees and writes: through the profile, or through a permission set that is assigned. */
export class FieldSecurity {
  readonly #org: Org;
  /** `Lead.Phone` → what the profile says, where it is not the default. */
  readonly #profile = new Map<string, FieldAccess>();
  #granted: ReadonlyMap<string, FieldAccess> | null = null;

  constructor(org: Org) {
    this.#org = org;
  }

  setProfile(entity: Entity, field: string, access: FieldAccess): void {
    this.#profile.set(keyOf(entity, field), access);
  }

  canRead(entity: Entity, field: Field): boolean {
    return this.#accessTo(entity, field) !== 'none';
  }

  canEdit(entity: Entity, field: Field): boolean {
    return this.#accessTo(entity, field) === 'edit';
  }

  /** A permission set or an assignment changed. */
  forget(): void {
    this.#granted = null;
  }

  /** A field made through the API is in no profile, an administrator's neither. */
  #accessTo(entity: Entity, field: Field): FieldAccess {
    if (!field.permissionable) return 'edit';
    const key = keyOf(entity, field.name);
    const profile = this.#profile.get(key) ?? (isCustom(field) ? 'none' : 'edit');
    if (profile === 'edit') return 'edit';
    this.#granted ??= this.#readGrants();
    const granted = this.#granted.get(key) ?? 'none';
    return granted === 'none' ? profile : granted;
  }

  #readGrants(): ReadonlyMap<string, FieldAccess> {
    const { tables, userId } = this.#org;
    const assigned = tables.PermissionSetAssignment.live()
      .filter(({ fields }) => fields['AssigneeId'] === userId)
      .map(({ fields }) => fields['PermissionSetId']);
    const grants = new Map<string, FieldAccess>();
    for (const { fields } of tables.FieldPermissions.live()) {
      if (!assigned.includes(fields['ParentId'] ?? null)) continue;
      const access = fields['PermissionsEdit'] === true ? 'edit' : fields['PermissionsRead'] === true ? 'read' : 'none';
      for (const key of keysOf(textOf(fields['Field']))) {
        if (grants.get(key) !== 'edit') grants.set(key, access);
      }
    }
    return grants;
  }
}

/** What is granted on a field of Task holds for Event, too: it is one field of Activity. */
function keysOf(name: string): readonly string[] {
  const [, field] = /^(?:Task|Event|Activity)\.(.+)$/.exec(name) ?? [];
  return field === undefined ? [name.toLowerCase()] : [keyOf('Task', field), keyOf('Event', field)];
}

function keyOf(entity: Entity, field: string): string {
  return `${entity}.${field}`.toLowerCase();
}
