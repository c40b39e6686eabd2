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
  const missing = VERBS.flatMap((verb) =>
    needs[verb].filter((type) => !may(objects.get(type), verb)).map((type) => ({ verb, type })),
  );
  return missing.length === 0 ? [mayAll(needs)] : toldOnce(missing).map((lack) => mayNot(checked, lack));
}

function needsOf({ parts: { people, createAs } }: Checked): Needs {
  const written = PERSON_TYPES.filter((type) => type === createAs || people.types.includes(type));
  return { read: [...written, 'Task'], create: [createAs, 'Task'], edit: [...written, 'Task'] };
}

function may(object: JsonObject | undefined, verb: Verb): boolean {
  return object?.[FLAGS[verb]] === true;
}

interface Lack {
  readonly verb: Verb;
  readonly type: SObjectType;
}

/** Who may not even read an object need not be told that he may not write it. */
function toldOnce(missing: readonly Lack[]): readonly Lack[] {
  return missing.filter(
    ({ verb, type }) => verb === 'read' || !missing.some((other) => other.verb === 'read' && other.type === type),
  );
}

function mayAll({ read, create }: Needs): CheckFinding {
  return { level: 'ok', message: `The user may read and edit ${listed(read)}, and create ${listed(create)}.` };
}

function mayNot({ parts: { people, createAs, destination } }: Checked, { verb, type }: Lack): CheckFinding {
  const isOptional = type !== 'Task' && type !== createAs && people.types.length > 1;
  const way = isOptional ? ` Or take ${type} out of match_objects at destinations.${destination}.` : '';
  const right = type === 'Task' && verb !== 'read' ? 'It takes "Edit Tasks"' : `It takes "${RIGHTS[verb]}" on ${type}`;
  const message = `The user may not ${verb} ${type}. ${right}, in a permission set of the user.${way}`;
  return { level: 'error', message };
}

const RIGHTS: Readonly<Record<Verb, string>> = { read: 'Read', create: 'Create', edit: 'Edit' };
