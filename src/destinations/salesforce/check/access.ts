import type { JsonObject } from '../../../domain/json.ts';
import type { CheckFinding, RequestContext } from '../../destination.ts';
import { isSuccessStatus } from '../../rest/answer.ts';
import { asObject } from '../../rest/read-path.ts';
import { objectsOf } from '../answer.ts';
import { reasonOf } from '../classify.ts';
import { PERSON_TYPES, type SObjectType } from '../objects.ts';
import { failed, listed, look, type Checked } from './look.ts';

/** What a user is to be able to do with objects. */
interface Needs {
  readonly read: readonly SObjectType[];
  readonly create: readonly SObjectType[];
  readonly edit: readonly SObjectType[];
}

type Verb = keyof Needs;

/** As describe calls it. */
const FLAGS: Readonly<Record<Verb, string>> = { read: 'queryable', create: 'createable', edit: 'updateable' };
const VERBS: readonly Verb[] = ['read', 'create', 'edit'];

/** Whether the user may do with each object what Hookline does: one request tells of all. */
export async function checkAccess(checked: Checked, context: RequestContext): Promise<readonly CheckFinding[]> {
  const path = '/sobjects';
  const reply = await look(checked.parts, path, context);
  if (reply.kind !== 'answer') return [failed(reply)];
  const { answer } = reply;
  const objects = new Map(objectsOf(asObject(answer.body)?.['sobjects']).map((object) => [object['name'], object]));
  if (!isSuccessStatus(answer.status)) {
    return [{ level: 'error', message: `${reasonOf(answer, { label: `GET ${path}` })}.` }];
  }
  const needs = needsOf(checked);
  const lacks = needs.read.flatMap((type) => lackOf(needs, type, objects.get(type)) ?? []);
  return lacks.length === 0 ? [mayAll(needs)] : lacks.map((lack) => mayNot(checked, lack));
}

function needsOf({ parts: { people, createAs } }: Checked): Needs {
  const written = PERSON_TYPES.filter((type) => type === createAs || people.types.includes(type));
  return { read: [...written, 'Task'], create: [createAs, 'Task'], edit: [...written, 'Task'] };
}

interface Lack {
  readonly type: SObjectType;
  readonly verbs: readonly Verb[];
}

/** Who may not even read an object need not be told that he may not write it. */
function lackOf(needs: Needs, type: SObjectType, object: JsonObject | undefined): Lack | null {
  const missing = VERBS.filter((verb) => needs[verb].includes(type) && object?.[FLAGS[verb]] !== true);
  if (missing.length === 0) return null;
  return { type, verbs: missing.includes('read') ? ['read'] : missing };
}

function mayAll({ read, create }: Needs): CheckFinding {
  return { level: 'ok', message: `The user may read and edit ${listed(read)}, and create ${listed(create)}.` };
}

function mayNot({ parts: { people, createAs, destination } }: Checked, { type, verbs }: Lack): CheckFinding {
  const isOptional = type !== 'Task' && type !== createAs && people.types.length > 1;
  const way = isOptional ? ` Or take ${type} out of match_objects at destinations.${destination}.` : '';
  const message = `The user may not ${listed(verbs)} ${type}. It takes ${rightsOf(type, verbs)}, in a permission set of the user.${way}`;
  return { level: 'error', message };
}

/** Tasks are no object of which each right is given by itself. */
function rightsOf(type: SObjectType, verbs: readonly Verb[]): string {
  if (type === 'Task' && !verbs.includes('read')) return '"Edit Tasks"';
  return `${listed(verbs.map((verb) => RIGHTS[verb]))} on ${type}`;
}

const RIGHTS: Readonly<Record<Verb, string>> = { read: '"Read"', create: '"Create"', edit: '"Edit"' };
