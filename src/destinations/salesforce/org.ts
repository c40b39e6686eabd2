import type { JsonObject } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Failure, RequestContext } from '../destination.ts';
import { isSuccessStatus, type Answer } from '../rest/answer.ts';
import { asObject } from '../rest/read-path.ts';
import { objectsOf, readRecords, readSubAnswers, textOf } from './answer.ts';
import { reading, type Question, type SalesforceClient } from './client.ts';
import { reasonOf } from './classify.ts';
import { keyFieldOf, type SObjectType } from './objects.ts';
import { subQuery } from './soql.ts';

/** A field of an object, as far as writing it needs to know. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** `string`, `textarea`, `phone`, `email`, `picklist`, `multipicklist`, `boolean`, `int`, `double`, `date`, `datetime`, `reference`, … */
  readonly type: string;
  /** In characters; 0 where it does not apply. */
  readonly length: number;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  /** Must be given on create, and Salesforce fills in nothing. */
  readonly isRequired: boolean;
  /** Unique and an external id: Salesforce keeps records apart by it. */
  readonly isKey: boolean;
  /** Whether a record can be looked for by it. */
  readonly isFilterable: boolean;
  /** Active values of a picklist; null for other types. */
  readonly values: readonly PicklistValue[] | null;
  /** True: Salesforce refuses values that are not listed. */
  readonly isRestricted: boolean;
}

export interface PicklistValue {
  readonly value: string;
  readonly label: string;
}

export type Fields = ReadonlyMap<string, Field>;

/** What is known of the org. */
export interface Org {
  /** The fields the user may see, by name; null where he may not see the object. */
  readonly objects: Readonly<Partial<Record<SObjectType, Fields | null>>>;
  /** IANA zone of the org; null when it could not be read. */
  readonly timeZone: string | null;
  /** ISO country of the org's locale; null when it could not be read. */
  readonly country: string | null;
  /** Statuses of Tasks that count as closed, in the org's order; empty when they could not be read. */
  readonly closedStatuses: readonly string[];
  readonly readAtMs: number;
}

/** Knows the org's fields: read when first needed, and again from time to time. One per destination and process. */
export interface OrgReader {
  /** `fresh`: what is known turned out to be wrong, or not to be the whole truth. */
  org(context: RequestContext, fresh?: boolean): Promise<Org | Failure>;
  /** What was read last; whoever asks has read it. */
  known(): Org;
  /** A request failed by what is known: the next look is a fresh one. */
  suspect(): void;
}

const MAX_AGE_MS = 3_600_000;
/** What keeps turning out to be wrong is not asked for with every call. */
const MIN_AGE_MS = 300_000;

export interface OrgOptions {
  readonly client: SalesforceClient;
  readonly version: string;
  readonly clock: Clock;
  /** Objects that are written or looked in. */
  readonly types: readonly SObjectType[];
}

export function createOrgReader(options: OrgOptions): OrgReader {
  const { clock } = options;
  let known: Org | null = null;
  let isSuspect = false;
  let suspectedAtMs = -Infinity;
  let underWay: Promise<Org | Failure> | null = null;

  /** A suspicion that a look has not cleared is not followed with every call. */
  function isTrusted({ readAtMs }: Org, fresh: boolean): boolean {
    if (isSuspect && clock.now() - suspectedAtMs >= MIN_AGE_MS) return false;
    return clock.now() - readAtMs < (fresh ? MIN_AGE_MS : MAX_AGE_MS);
  }

  async function read(context: RequestContext): Promise<Org | Failure> {
    const org = await readOrg(options, context);
    if ('kind' in org) return org;
    if (isSuspect) suspectedAtMs = clock.now();
    isSuspect = false;
    return (known = org);
  }

  return {
    async org(context, fresh = false) {
      if (known !== null && isTrusted(known, fresh)) return known;
      underWay ??= read(context).finally(() => (underWay = null));
      return underWay;
    },
    known() {
      if (known === null) throw new Error('the org was not read');
      return known;
    },
    suspect: () => void (isSuspect = true),
  };
}

/** True when Salesforce itself keeps records of this object apart by our key. */
export function hasKey({ objects }: Pick<Org, 'objects'>, type: SObjectType): boolean {
  const name = keyFieldOf(type);
  const field = name === null ? undefined : objects[type]?.get(name);
  return field?.isKey === true && field.isCreateable;
}

async function readOrg(options: OrgOptions, context: RequestContext): Promise<Org | Failure> {
  const objects: Partial<Record<SObjectType, Fields | null>> = {};
  for (const type of options.types) {
    const fields = await readFields(options.client, type, context);
    if (fields !== null && 'kind' in fields) return fields;
    objects[type] = fields;
  }
  const settings = await readSettings(options, context);
  if ('kind' in settings) return settings;
  return { objects, ...settings, readAtMs: options.clock.now() };
}

/** Null: there is no such object for this user. */
export async function readFields(
  client: SalesforceClient,
  type: SObjectType,
  context: RequestContext,
): Promise<Fields | null | Failure> {
  const question = { ...reading(`/sobjects/${type}/describe`), mayBeForbidden: true };
  const reply = await client.look(question, context);
  if (reply.kind !== 'answer') return reply;
  const { answer } = reply;
  if (!isSuccessStatus(answer.status)) return null;
  const fields = objectsOf(asObject(answer.body)?.['fields']);
  if (fields.length === 0) return { kind: 'retry', reason: `${reasonOf(answer, question)}: no list of fields` };
  return new Map(fields.map((field) => readField(field)).map((field) => [field.name, field]));
}

function readField(field: JsonObject): Field {
  const type = textOf(field['type']) ?? 'string';
  const values = objectsOf(field['picklistValues']).filter(({ active }) => active !== false);
  const isCreateable = field['createable'] === true;
  return {
    name: textOf(field['name']) ?? '',
    label: textOf(field['label']) ?? '',
    type,
    length: Number(field['length'] ?? 0),
    isCreateable,
    isUpdateable: field['updateable'] === true,
    isRequired: isCreateable && field['nillable'] === false && field['defaultedOnCreate'] !== true,
    isKey: field['externalId'] === true && field['unique'] === true,
    isFilterable: field['filterable'] !== false,
    values: type === 'picklist' || type === 'multipicklist' ? values.map((value) => readValue(value)) : null,
    isRestricted: field['restrictedPicklist'] === true,
  };
}

function readValue({ value, label }: JsonObject): PicklistValue {
  return { value: textOf(value) ?? '', label: textOf(label) ?? '' };
}

type Settings = Pick<Org, 'timeZone' | 'country' | 'closedStatuses'>;

const ORGANIZATION = 'SELECT TimeZoneSidKey,DefaultLocaleSidKey FROM Organization LIMIT 1';
/** Only this object tells which statuses are closed: the describe of Task lists their names. */
const TASK_STATUSES = 'SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder';

/** Both in one request; what may not be read is done without. */
async function readSettings({ client, version }: OrgOptions, context: RequestContext): Promise<Settings | Failure> {
  const question = composite([
    subQuery(version, 'organization', { soql: ORGANIZATION }),
    subQuery(version, 'statuses', { soql: TASK_STATUSES }),
  ]);
  const reply = await client.look(question, context);
  if (reply.kind !== 'answer') return reply;
  const [organization] = recordsOf(reply.answer, 'organization');
  return {
    timeZone: textOf(organization?.['TimeZoneSidKey']),
    country: /_([A-Z]{2})(?:_|$)/.exec(textOf(organization?.['DefaultLocaleSidKey']) ?? '')?.[1] ?? null,
    closedStatuses: recordsOf(reply.answer, 'statuses').flatMap(({ ApiName }) => textOf(ApiName) ?? []),
  };
}

/** Up to 25 subrequests in one request, five of them queries (salesforce.md section 4.10). */
export function composite(subrequests: readonly JsonObject[]): Question {
  return {
    label: 'POST /composite',
    effect: 'read',
    operation: (connection) =>
      connection.requestPost('/composite', { allOrNone: false, compositeRequest: [...subrequests] }),
  };
}

function recordsOf(answer: Answer, referenceId: string): readonly JsonObject[] {
  const sub = readSubAnswers(answer).find((candidate) => candidate.referenceId === referenceId);
  return sub !== undefined && isSuccessStatus(sub.status) ? readRecords(sub.body, 'records') : [];
}
