/** What a person and a torture run look at. */
export type SObjectType = 'Lead' | 'Contact' | 'Account' | 'Task' | 'Event' | 'Opportunity' | 'User';

/** Everything that has records, what an administrator sets up too. */
export type Entity =
  | SObjectType
  | 'Organization'
  | 'TaskStatus'
  | 'LeadStatus'
  | 'DuplicateRule'
  | 'PermissionSet'
  | 'FieldPermissions'
  | 'PermissionSetAssignment'
  | 'CustomField';

export interface EntityDefinition {
  readonly prefix: string;
  readonly label: string;
  /** What the API lets anybody do with it; without them it is only read. */
  readonly writable: boolean;
  /** Part of the setup: one request may not mix it with other types. */
  readonly setup?: boolean;
  /** Only the Tooling API knows it. */
  readonly tooling?: boolean;
}

export const ENTITIES: Readonly<Record<Entity, EntityDefinition>> = {
  Lead: { prefix: '00Q', label: 'Lead', writable: true },
  Contact: { prefix: '003', label: 'Contact', writable: true },
  Account: { prefix: '001', label: 'Account', writable: true },
  Task: { prefix: '00T', label: 'Task', writable: true },
  Event: { prefix: '00U', label: 'Event', writable: true },
  Opportunity: { prefix: '006', label: 'Opportunity', writable: true },
  User: { prefix: '005', label: 'User', writable: false },
  Organization: { prefix: '00D', label: 'Organization', writable: false },
  TaskStatus: { prefix: '4oS', label: 'Task Status Value', writable: false },
  LeadStatus: { prefix: '01J', label: 'Lead Status Value', writable: false },
  DuplicateRule: { prefix: '0Bm', label: 'Duplicate Rule', writable: false },
  PermissionSet: { prefix: '0PS', label: 'Permission Set', writable: true, setup: true },
  FieldPermissions: { prefix: '01k', label: 'Field Permissions', writable: true, setup: true },
  PermissionSetAssignment: { prefix: '0Pa', label: 'Permission Set Assignment', writable: true, setup: true },
  CustomField: { prefix: '00N', label: 'Custom Field', writable: true, tooling: true },
};

export const ALL_ENTITIES = Object.keys(ENTITIES) as readonly Entity[];

/** Names of objects are not case-sensitive. */
export function findEntity(name: string): Entity | undefined {
  return ALL_ENTITIES.find((entity) => entity.toLowerCase() === name.toLowerCase());
}

/** The object whose ids begin like this one. */
export function entityOfId(id: string): Entity | undefined {
  return ALL_ENTITIES.find((entity) => id.startsWith(ENTITIES[entity].prefix));
}
