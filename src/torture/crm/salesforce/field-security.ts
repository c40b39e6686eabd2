import { textOf } from '../json-text.ts';
import { isCustom, type Field } from './field.ts';
import type { Entity } from './object-types.ts';
import type { Org } from './org.ts';

export type Access = 'none' | 'read' | 'edit';

/** Which objects and fields the API user sees and writes: by the profile, or by a permission set that is assigned. */
export class FieldSecurity {
  readonly #org: Org;
  /** `Lead.Phone` → what the profile says, where it is not the default. */
  readonly #profile = new Map<string, Access>();
  readonly #objects = new Map<Entity, Access>();
  #granted: ReadonlyMap<string, Access> | null = null;

  constructor(org: Org) {
    this.#org = org;
  }

  setProfile(entity: Entity, field: string, access: Access): void {
    this.#profile.set(keyOf(entity, field), access);
  }

  setObject(entity: Entity, access: Access): void {
    this.#objects.set(entity, access);
  }

  canSeeObject(entity: Entity): boolean {
    return this.#objects.get(entity) !== 'none';
  }

  canWriteObject(entity: Entity): boolean {
    return (this.#objects.get(entity) ?? 'edit') === 'edit';
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
  #accessTo(entity: Entity, field: Field): Access {
    if (!field.permissionable) return 'edit';
    const key = keyOf(entity, field.name);
    const profile = this.#profile.get(key) ?? (isCustom(field) ? 'none' : 'edit');
    if (profile === 'edit') return 'edit';
    this.#granted ??= this.#readGrants();
    const granted = this.#granted.get(key) ?? 'none';
    return granted === 'none' ? profile : granted;
  }

  #readGrants(): ReadonlyMap<string, Access> {
    const { tables, userId } = this.#org;
    const assigned = tables.PermissionSetAssignment.live()
      .filter(({ fields }) => fields['AssigneeId'] === userId)
      .map(({ fields }) => textOf(fields['PermissionSetId']))
      .filter((id) => tables.PermissionSet.get(id)?.deleted === false);
    const grants = new Map<string, Access>();
    for (const { fields } of tables.FieldPermissions.live()) {
      if (!assigned.includes(textOf(fields['ParentId']))) continue;
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
