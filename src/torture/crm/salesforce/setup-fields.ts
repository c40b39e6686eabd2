import type { FieldDefinition } from './field.ts';
import type { Entity } from './object-types.ts';

const FIXED = { createable: false, updateable: false, permissionable: false } as const;

function fixed(names: string, type: 'string' | 'boolean' | 'int' = 'string'): readonly FieldDefinition[] {
  return names.split(' ').map((name) => ({ name, type, ...FIXED }));
}

const NEEDED = { nillable: false, permissionable: false, updateable: false } as const;

/** What an administrator sets up, and what only Salesforce changes. */
export const SETUP_FIELDS: Partial<Record<Entity, readonly FieldDefinition[]>> = {
  User: [
    ...fixed('Username Name FirstName LastName Email Title Alias TimeZoneSidKey UserType'),
    ...fixed('IsActive', 'boolean'),
  ],
  Organization: [
    ...fixed('Name TimeZoneSidKey DefaultLocaleSidKey OrganizationType InstanceName LanguageLocaleKey'),
    ...fixed('IsSandbox', 'boolean'),
  ],
  TaskStatus: [
    ...fixed('ApiName MasterLabel'),
    ...fixed('IsClosed IsDefault', 'boolean'),
    ...fixed('SortOrder', 'int'),
  ],
  LeadStatus: [
    ...fixed('ApiName MasterLabel'),
    ...fixed('IsConverted IsDefault', 'boolean'),
    ...fixed('SortOrder', 'int'),
  ],
  DuplicateRule: [...fixed('DeveloperName MasterLabel SobjectType'), ...fixed('IsActive', 'boolean')],
  PermissionSet: [
    { name: 'Name', length: 80, nillable: false, permissionable: false },
    { name: 'Label', length: 80, nillable: false, permissionable: false },
    { name: 'Description', permissionable: false },
    ...fixed('IsOwnedByProfile IsCustom', 'boolean'),
  ],
  FieldPermissions: [
    { name: 'ParentId', type: 'reference', referenceTo: ['PermissionSet'], relationshipName: 'Parent', ...NEEDED },
    { name: 'SobjectType', type: 'picklist', ...NEEDED },
    { name: 'Field', type: 'picklist', ...NEEDED },
    { name: 'PermissionsRead', type: 'boolean', permissionable: false },
    { name: 'PermissionsEdit', type: 'boolean', permissionable: false },
  ],
  PermissionSetAssignment: [
    { name: 'AssigneeId', type: 'reference', referenceTo: ['User'], relationshipName: 'Assignee', ...NEEDED },
    {
      name: 'PermissionSetId',
      type: 'reference',
      referenceTo: ['PermissionSet'],
      relationshipName: 'PermissionSet',
      ...NEEDED,
    },
  ],
  CustomField: [
    { name: 'DeveloperName', permissionable: false },
    { name: 'TableEnumOrId', permissionable: false },
    { name: 'FullName', permissionable: false, filterable: false },
    ...fixed('NamespacePrefix'),
  ],
};
