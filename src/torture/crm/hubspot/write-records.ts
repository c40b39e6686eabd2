import { toIso } from '../../../shared/clock.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { End } from './associations.ts';
import { CREATED, MODIFIED } from './default-schemas.ts';
import { textOf } from '../json-text.ts';
import { findObjectType, isAssociationType, OBJECT_TYPES, type ObjectType } from './object-types.ts';
import { CALCULATED_PHONES, calculatePhones } from './phones.ts';
import type { Portal } from './portal.ts';
import { uniqueValues, type HubSpotRecord } from './record-table.ts';
import { invalid, invalidValues, isObject, malformed, notFound, Refusal, type ValueProblem } from './refusals.ts';
import type { Transaction } from './transaction.ts';
import { readValue } from './values.ts';

/** What a write is part of. */
export interface WriteContext {
  readonly transaction: Transaction;
  /** `v3`, `2026-03`, …: from 2026-09 on the portal's record rules hold. */
  readonly version: string;
}

type Properties = Readonly<Record<string, string>>;

/** Makes a record; throws a Refusal and leaves nothing behind (but perhaps a ghost). */
export function createRecord(context: WriteContext, type: ObjectType, input: JsonObject): HubSpotRecord {
  const { portal } = context.transaction;
  const properties = readProperties(portal, type, { sent: input['properties'], current: {} });
  checkRequired(context, type, properties);
  const bonds = readBonds(portal, type, input['associations']);
  const id = portal.nextId();
  checkUnique(context, { type, id, properties, current: null });
  const record = complete(portal, type, { id, properties, createdAtMs: portal.now() });
  context.transaction.put(type, record);
  for (const { to, typeId } of bonds) context.transaction.associate({ type, id }, to, typeId);
  return record;
}

/** Changes the sent properties of a record and leaves the others. */
export function updateRecord(
  context: WriteContext,
  type: ObjectType,
  record: HubSpotRecord,
  sent: JsonValue | undefined,
): HubSpotRecord {
  const { portal } = context.transaction;
  const changes = readProperties(portal, type, { sent, current: record.properties });
  if (type === 'contacts') keepStageForward(portal, record, changes);
  checkConditional(context, type, changes, { ...record.properties, ...changes });
  const properties = { ...record.properties, ...changes };
  checkUnique(context, { type, id: record.id, properties, current: record });
  const changed = complete(portal, type, { ...record, properties });
  context.transaction.put(type, changed);
  return changed;
}

/** Validates and normalises what was sent. Every problem is told, not only the first. */
function readProperties(
  portal: Portal,
  type: ObjectType,
  { sent, current }: { sent: JsonValue | undefined; current: Properties },
): Record<string, string> {
  if (!isObject(sent)) throw malformed('Some required fields were not set: [properties]');
  const read: Record<string, string> = {};
  const problems: ValueProblem[] = [];
  for (const [name, value] of Object.entries(sent)) {
    const property = portal.schemas[type].find(name);
    if (property === undefined) {
      problems.push({ name, code: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` });
      continue;
    }
    const result = readValue(property, value, current[name], portal.options);
    if (typeof result === 'string') read[name] = result;
    else problems.push(result);
  }
  if (problems.length > 0) throw invalidValues(problems);
  return read;
}

const REQUIRED: Partial<Record<ObjectType, readonly string[]>> = {
  calls: ['hs_timestamp'],
  tasks: ['hs_timestamp'],
  notes: ['hs_timestamp'],
  deals: ['dealname', 'dealstage', 'pipeline'],
  tickets: ['subject', 'hs_pipeline_stage'],
};

function checkRequired(context: WriteContext, type: ObjectType, properties: Properties): void {
  const { portal } = context.transaction;
  const missing = (REQUIRED[type] ?? []).filter((name) => isEmpty(properties[name]));
  if (missing.length > 0) {
    throw invalid(`Error creating ${OBJECT_TYPES[type].singular}. Some required properties were not set.`, {
      context: { properties: missing },
    });
  }
  const named = ['email', 'firstname', 'lastname'].some((name) => !isEmpty(properties[name]));
  if (type === 'contacts' && portal.options.contactNeedsName && !named) {
    throw invalid('A contact needs at least one of the properties email, firstname, lastname.');
  }
  if (!enforcesRules(context.version)) return;
  const demanded = portal.options.recordRules.requiredOnCreate?.[type] ?? [];
  const absent = demanded.filter((name) => isEmpty(properties[name]));
  if (absent.length > 0) throw ruleBroken('MISSING_REQUIRED_PROPERTY', absent);
  checkConditional(context, type, properties, properties);
}

/** Numbered versions and the date versions before 2026-09 know no record rules. */
function enforcesRules(version: string): boolean {
  return !version.startsWith('v') && version >= '2026-09';
}

function checkConditional(context: WriteContext, type: ObjectType, sent: Properties, result: Properties): void {
  if (!enforcesRules(context.version)) return;
  const broken = (context.transaction.portal.options.recordRules.conditional ?? [])
    .filter((rule) => rule.type === type && sent[rule.property] === rule.value && isEmpty(result[rule.requires]))
    .map(({ requires }) => requires);
  if (broken.length > 0) throw ruleBroken('MISSING_CONDITIONAL_REQUIRED_PROPERTY', broken);
}

function ruleBroken(code: string, names: readonly string[]): Refusal {
  return invalid(`Required properties are missing: ${names.join(', ')}`, {
    errors: names.map((name) => ({ message: `${name} is required`, code, context: { propertyName: [name] } })),
  });
}

function isEmpty(value: string | undefined): boolean {
  return value === undefined || value === '';
}

/** A move back is not refused, it just does not happen; after clearing every stage is forward. */
function keepStageForward(portal: Portal, record: HubSpotRecord, changes: Record<string, string>): void {
  const next = changes['lifecyclestage'];
  const now = record.properties['lifecyclestage'];
  if (isEmpty(next) || isEmpty(now)) return;
  const order = portal.schemas.contacts.find('lifecyclestage')?.options.map(({ value }) => value) ?? [];
  if (order.indexOf(next ?? '') < order.indexOf(now ?? '')) delete changes['lifecyclestage'];
}

interface Claim {
  readonly type: ObjectType;
  readonly id: string;
  readonly properties: Properties;
  /** Null for a create. */
  readonly current: HubSpotRecord | null;
}

function checkUnique(context: WriteContext, claim: Claim): void {
  const { portal } = context.transaction;
  const { type, id, properties, current } = claim;
  const table = portal.tables[type];
  for (const name of portal.schemas[type].unique()) {
    for (const value of uniqueValues(properties, name)) {
      const archived = portal.options.archivedHoldsUnique ? table.archivedHolder(name, value) : undefined;
      const holder = table.holder(name, value) ?? archived;
      if (holder !== undefined && holder.id !== id) {
        if (current === null && portal.options.leavesGhosts) leaveGhost(portal, type, id);
        throw alreadyHeld({ portal, type, name, value, id, holder, isCreate: current === null });
      }
    }
  }
}

/** The record the create was writing to when it met the conflict (hubspot.md 14.7). */
function leaveGhost(portal: Portal, type: ObjectType, id: string): void {
  const ghost = complete(portal, type, { id, properties: {}, createdAtMs: portal.now() });
  portal.tables[type].put(ghost);
  portal.tellSearch(type, ghost);
}

/** The two forms of hubspot.md 8.2. */
export function alreadyHeld(conflict: {
  portal: Portal;
  type: ObjectType;
  name: string;
  value: string;
  id: string;
  holder: HubSpotRecord;
  isCreate: boolean;
}): Refusal {
  const { portal, type, name, value, id, holder, isCreate } = conflict;
  if (isCreate && name === 'email' && holder.properties['email'] === value) {
    return new Refusal(409, 'CONFLICT', `Contact already exists. Existing ID: ${holder.id}`);
  }
  const coordinates = [
    `portalId=${portal.options.portalId}`,
    `objectTypeId=${OBJECT_TYPES[type].typeId}`,
    `objectId=${id}`,
    `propertyName=${name}`,
    `value=${value}`,
  ].join(', ');
  return invalid(`Cannot set PropertyValueCoordinates{${coordinates}} on ${id}. ${holder.id} already has that value.`);
}

/** Adds what HubSpot computes. */
export function complete(
  portal: Portal,
  type: ObjectType,
  { id, properties, createdAtMs }: Pick<HubSpotRecord, 'id' | 'properties' | 'createdAtMs'>,
): HubSpotRecord {
  const updatedAtMs = portal.now();
  const computed = new Set<string>(CALCULATED_PHONES);
  const written = Object.entries(properties).filter(([name, value]) => value !== '' && !computed.has(name));
  const kept = Object.fromEntries(written);
  return {
    id,
    createdAtMs,
    updatedAtMs,
    archived: false,
    properties: {
      ...kept,
      ...(type === 'contacts' ? calculatePhones(kept, portal.options.country) : {}),
      hs_object_id: id,
      [CREATED[type]]: toIso(createdAtMs),
      [MODIFIED[type]]: toIso(updatedAtMs),
    },
  };
}

interface Bond {
  readonly to: End;
  readonly typeId: number;
}

/** `associations: [{to: {id}, types: [{associationCategory, associationTypeId}]}]` of a create. */
function readBonds(portal: Portal, type: ObjectType, sent: JsonValue | undefined): readonly Bond[] {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent)) throw malformed('associations is not a list');
  return (sent as readonly JsonValue[]).flatMap((entry) => {
    const to = isObject(entry) && isObject(entry['to']) ? textOf(entry['to']['id'] ?? '') : '';
    const types = isObject(entry) && Array.isArray(entry['types']) ? (entry['types'] as readonly JsonObject[]) : [];
    if (to === '' || types.length === 0) throw malformed('an association needs to.id and types');
    return types.map((spec) => readBond(portal, type, to, spec));
  });
}

function readBond(portal: Portal, from: ObjectType, id: string, spec: JsonObject): Bond {
  const typeId = Number(spec['associationTypeId']);
  const to = TARGETS.find((type) => isAssociationType(from, type, typeId));
  if (spec['associationCategory'] !== 'HUBSPOT_DEFINED' || to === undefined) {
    throw invalid(`Association type ${typeId} does not lead from ${OBJECT_TYPES[from].typeId} to anything.`);
  }
  const target = portal.find(to, id);
  if (target === undefined) throw notFound(`Object not found. objectId=${id} objectTypeId=${OBJECT_TYPES[to].typeId}`);
  return { to: { type: to, id: target.id }, typeId };
}

const TARGETS = Object.keys(OBJECT_TYPES).flatMap((name) => findObjectType(name) ?? []);
