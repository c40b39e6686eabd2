import type { Clock } from '../../shared/clock.ts';
import { nextMidnight } from '../../shared/next-midnight.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Failure, RecordKind, RequestContext } from '../destination.ts';
import { asObject } from '../rest/read-path.ts';
import { textOf } from './answer.ts';
import type { HubSpotClient } from './exchange.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from './objects.ts';

/** A property of an object type, as far as writing it needs to know. */
export interface Property {
  readonly name: string;
  /** `string`, `number`, `bool`, `enumeration`, `date`, `datetime`, `phone_number` */
  readonly type: string;
  readonly isReadOnly: boolean;
  readonly isUnique: boolean;
  /** Legal values of an enumeration, in the order HubSpot shows them; null where any value may be legal. */
  readonly options: readonly Option[] | null;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** The properties of one kind by name; null where the token may not read them. */
export type Schema = ReadonlyMap<string, Property> | null;

/** What is known of the account. */
export interface Portal {
  readonly schemas: Readonly<Record<RecordKind, Schema>>;
  readonly readAtMs: number;
}

/** Knows the account's properties: read when first needed, and again from time to time. One per destination and process. */
export interface PortalReader {
  /** `fresh`: what is known turned out to be wrong, or not to be the whole truth. */
  portal(context: RequestContext, fresh?: boolean): Promise<Portal | Failure>;
  /** True when HubSpot itself keeps records of this kind apart by our key. */
  hasUniqueKey(portal: Portal, kind: RecordKind): boolean;
  /** When the account's day ends; null while its time zone is not known. */
  midnightMs(): number | null;
}

const MAX_AGE_MS = 3_600_000;
/** What keeps turning out to be wrong is not asked for with every call. */
const MIN_AGE_MS = 300_000;

const KINDS: readonly RecordKind[] = ['contact', 'call', 'task', 'note'];

export function createPortalReader(
  client: () => HubSpotClient,
  options: { readonly version: string; readonly clock: Clock },
): PortalReader {
  let known: Portal | null = null;
  let timeZone: string | null = null;
  let reading: Promise<Portal | Failure> | null = null;
  const { version, clock } = options;

  async function read(context: RequestContext): Promise<Portal | Failure> {
    const schemas: Partial<Record<RecordKind, Schema>> = {};
    for (const kind of KINDS) {
      const schema = await readSchema(client(), `/crm/properties/${version}/${OBJECT_TYPES[kind]}`, context);
      if (schema !== null && 'kind' in schema) return schema;
      schemas[kind] = schema;
    }
    timeZone ??= await readTimeZone(client(), `/account-info/${version}/details`, context);
    known = { schemas: schemas as Record<RecordKind, Schema>, readAtMs: clock.now() };
    return known;
  }

  return {
    async portal(context, fresh = false) {
      const maxAgeMs = fresh ? MIN_AGE_MS : MAX_AGE_MS;
      if (known !== null && clock.now() - known.readAtMs < maxAgeMs) return known;
      reading ??= read(context).finally(() => (reading = null));
      return reading;
    },
    hasUniqueKey: ({ schemas }, kind) => schemas[kind]?.get(UNIQUE_PROPERTIES[kind])?.isUnique === true,
    midnightMs: () => (timeZone === null ? null : nextMidnight(clock.now(), timeZone)),
  };
}

/** Null: the token may write records of this kind and not read their properties. */
async function readSchema(
  client: HubSpotClient,
  path: string,
  context: RequestContext,
): Promise<ReadonlyMap<string, Property> | null | Failure> {
  const reply = await client.look({ method: 'GET', path, body: null, effect: 'read', mayBeForbidden: true }, context);
  if (reply.kind !== 'answer') return reply;
  if (reply.answer.status === 403) return null;
  const results = asObject(reply.answer.body)?.['results'];
  if (!Array.isArray(results)) return { kind: 'retry', reason: `GET ${path} answered without a list of properties` };
  const properties = (results as readonly JsonValue[]).map((item) => readProperty(asObject(item) ?? {}));
  return new Map(properties.map((property) => [property.name, property]));
}

function readProperty(fields: JsonObject): Property {
  const type = textOf(fields['type']) ?? 'string';
  const options = Array.isArray(fields['options']) ? (fields['options'] as readonly JsonObject[]) : [];
  const legal = options.map(({ value, label }) => ({ value: textOf(value) ?? '', label: textOf(label) ?? '' }));
  return {
    name: textOf(fields['name']) ?? '',
    type,
    isReadOnly:
      fields['calculated'] === true || asObject(fields['modificationMetadata'] ?? null)?.['readOnlyValue'] === true,
    isUnique: fields['hasUniqueValue'] === true,
    // Owners and the like: their options stand elsewhere.
    options: type === 'enumeration' && fields['externalOptions'] !== true && legal.length > 0 ? legal : null,
  };
}

async function readTimeZone(client: HubSpotClient, path: string, context: RequestContext): Promise<string | null> {
  const reply = await client.ask({ method: 'GET', path, body: null, effect: 'read', mayBeForbidden: true }, context);
  const timeZone = reply.kind === 'answer' ? asObject(reply.answer.body)?.['timeZone'] : undefined;
  return typeof timeZone === 'string' ? timeZone : null;
}
