import { isSuccessStatus } from '../../rest/answer.ts';
import { textOf } from '../answer.ts';
import { isOneOf, select } from '../soql.ts';
import { makeRecord, notDone, type WantedRecord } from './make-record.ts';
import { ask, ended, patching, stopped, type Made, type Maker, type Step } from './maker.ts';
import { fullName, PERMISSION_SET, type WantedField } from './wanted-fields.ts';

/** Whom the daemon logs in as. */
export interface Grantee {
  readonly id: string;
  /** For people. */
  readonly name: string;
}

/** Fields that the API made are seen by nobody, administrators included, until a permission set says so (section 5). */
export async function grantAccess(maker: Maker, fields: readonly WantedField[], user: Grantee): Promise<Made> {
  const set = await makeRecord(maker, permissionSet(fields, user));
  if (set.kind === 'missing') return { steps: [set.step], goOn: set.goOn };
  const setId = textOf(set.record['Id']) ?? '';
  const steps: Step[] = [set.step];
  for (const field of fields) {
    const granted = await grantField(maker, setId, field);
    steps.push(...granted.steps);
    if (!granted.goOn) return { steps, goOn: false };
  }
  const assigned = await makeRecord(maker, assignment(setId, user));
  return { steps: [...steps, assigned.step], goOn: assigned.kind === 'there' || assigned.goOn };
}

async function grantField(maker: Maker, setId: string, field: WantedField): Promise<Made> {
  const wanted = fieldPermission(setId, field);
  const granted = await makeRecord(maker, wanted);
  if (granted.kind === 'missing') return { steps: [granted.step], goOn: granted.goOn };
  const { record, step } = granted;
  if (record['PermissionsRead'] === true && record['PermissionsEdit'] === true) return ended(step);
  // The set is ours: less than this is a set-up that was not finished.
  const path = `/sobjects/FieldPermissions/${textOf(record['Id']) ?? ''}`;
  const reply = await ask(maker, patching(path, { PermissionsRead: true, PermissionsEdit: true }));
  if (reply.kind !== 'answer') return stopped(reply);
  if (!isSuccessStatus(reply.answer.status)) return ended(notDone(maker, wanted, reply.answer));
  return ended({ outcome: 'made', message: wanted.title });
}

const MANAGE_SETS = 'Manage Profiles and Permission Sets';
const IN_SETUP = `By hand: Setup > Permission Sets`;

function permissionSet(fields: readonly WantedField[], user: Grantee): WantedRecord {
  const { Name: name, Label: label } = PERMISSION_SET;
  return {
    type: 'PermissionSet',
    soql: select({ from: 'PermissionSet', fields: ['Id'], where: isOneOf('Name', [name]) }),
    body: PERMISSION_SET,
    title: `The permission set ${name}.`,
    right: MANAGE_SETS,
    byHand: `${IN_SETUP} > New: label ${label}; in it, below Object Settings, Read Access and Edit Access for ${fields.map((field) => fullName(field)).join(', ')}; then Manage Assignments > Add Assignment: ${user.name}.`,
  };
}

function fieldPermission(setId: string, field: WantedField): WantedRecord {
  const { Name: name } = PERMISSION_SET;
  const where = `${isOneOf('ParentId', [setId])} AND ${isOneOf('Field', [fullName(field)])}`;
  return {
    type: 'FieldPermissions',
    soql: select({ from: 'FieldPermissions', fields: ['Id', 'PermissionsRead', 'PermissionsEdit'], where }),
    body: {
      ParentId: setId,
      SobjectType: field.type,
      Field: fullName(field),
      PermissionsRead: true,
      PermissionsEdit: true,
    },
    title: `Access to ${fullName(field)} by the permission set ${name}.`,
    right: MANAGE_SETS,
    byHand: `${IN_SETUP} > ${name} > Object Settings > ${field.type} > Edit: Read Access and Edit Access for ${field.name}.`,
  };
}

function assignment(setId: string, { id, name: user }: Grantee): WantedRecord {
  const { Name: name } = PERMISSION_SET;
  const where = `${isOneOf('PermissionSetId', [setId])} AND ${isOneOf('AssigneeId', [id])}`;
  return {
    type: 'PermissionSetAssignment',
    soql: select({ from: 'PermissionSetAssignment', fields: ['Id'], where }),
    body: { AssigneeId: id, PermissionSetId: setId },
    title: `The permission set ${name} for ${user}.`,
    right: 'Assign Permission Sets',
    byHand: `${IN_SETUP} > ${name} > Manage Assignments > Add Assignment: ${user}.`,
  };
}
