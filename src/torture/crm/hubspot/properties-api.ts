import { toIso } from '../../../shared/clock.ts';
import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { NO_CONTENT, ok, readInputs, type ApiCall } from './api.ts';
import { textOf } from '../json-text.ts';
import type { ObjectType } from './object-types.ts';
import type { Portal } from './portal.ts';
import { showProperty, type Property, type PropertyOption, type Schema } from './property.ts';
import { invalid, isObject, malformed, notFound, Refusal } from './refusals.ts';

/** Operations on properties and their groups. */

/** Unique properties of an operator's own, per object (hubspot.md 5.3). */
const MAX_UNIQUE = 10;

/** Which field types go with which type. */
const FIELD_TYPES: Readonly<Record<string, readonly string[]>> = {
  string: ['text', 'textarea', 'html', 'phonenumber', 'file', 'calculation_equation'],
  number: ['number', 'calculation_equation'],
  bool: ['booleancheckbox', 'calculation_equation'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox', 'calculation_equation'],
  date: ['date'],
  datetime: ['date'],
  phone_number: ['phonenumber'],
};

export function listProperties(type: ObjectType, { portal }: ApiCall): ApiAnswer {
  const live = [...portal.schemas[type].properties.values()].filter(({ archived }) => !archived);
  return ok({ results: live.map(showProperty) });
}

/** `archived=true` shows archived ones, and only those. */
export function readProperty(type: ObjectType, name: string, { portal, request }: ApiCall): ApiAnswer {
  const { properties } = portal.schemas[type];
  if (request.query.get('archived') !== 'true') return ok(showProperty(getProperty(portal.schemas[type], name)));
  const archived = properties.get(name);
  if (archived?.archived !== true) throw notFound(`Property ${name} does not exist`);
  return ok(showProperty(archived));
}

export function createProperty(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  return ok(showProperty(addProperty(portal, type, request.body)), 201);
}

/** As the API would; throws a Refusal. */
export function addProperty(portal: Portal, type: ObjectType, body: JsonObject): Property {
  const schema = portal.schemas[type];
  const property = readDefinition(schema, body);
  const existing = schema.properties.get(property.name);
  if (existing?.archived === false) throw nameTaken(property.name);
  if (property.hasUniqueValue) checkMayBeUnique(portal, type);
  // An archived name comes back as it was: asking for unique values this time changes nothing.
  const made = existing === undefined ? property : { ...existing, archived: false };
  schema.put(made);
  return made;
}

function nameTaken(name: string): Refusal {
  return new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property named '${name}' already exists.`, {
    subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
  });
}

function checkMayBeUnique(portal: Portal, type: ObjectType): void {
  if (portal.options.refusesUniqueOn.includes(type)) {
    throw invalid(`Properties with unique values are not supported for ${type}.`);
  }
  const schema = portal.schemas[type];
  const own = schema.unique().filter((name) => schema.find(name)?.hubspotDefined === false);
  if (own.length >= MAX_UNIQUE) throw invalid(`There may be at most ${MAX_UNIQUE} properties with unique values.`);
}

function readDefinition(schema: Schema, body: JsonObject): Property {
  const [name, label, type, fieldType, groupName] = REQUIRED.map((field) => body[field]);
  const missing = REQUIRED.filter((field) => typeof body[field] !== 'string' || body[field] === '');
  if (missing.length > 0) throw malformed(`Some required fields were not set: [${missing.join(', ')}]`);
  if (!/^[a-z][a-z0-9_]*$/.test(textOf(name)))
    throw invalid(`Property name ${textOf(name)} must be lower case letters, digits and _.`);
  if (!FIELD_TYPES[textOf(type)]?.includes(textOf(fieldType))) {
    throw invalid(`fieldType ${textOf(fieldType)} does not go with type ${textOf(type)}.`);
  }
  if (!schema.groups.has(textOf(groupName))) throw invalid(`Property group ${textOf(groupName)} does not exist.`);
  return {
    name: textOf(name),
    label: textOf(label),
    type: textOf(type),
    fieldType: textOf(fieldType),
    groupName: textOf(groupName),
    description: typeof body['description'] === 'string' ? body['description'] : '',
    options: readOptions(body['options']),
    hasUniqueValue: body['hasUniqueValue'] === true,
    readOnly: false,
    hubspotDefined: false,
    archived: false,
  };
}

const REQUIRED = ['name', 'label', 'type', 'fieldType', 'groupName'] as const;

function readOptions(sent: JsonValue | undefined): readonly PropertyOption[] {
  if (!Array.isArray(sent)) return [];
  return (sent as JsonValue[]).filter(isObject).map((option, displayOrder) => ({
    label: textOf(option['label'] ?? option['value']),
    value: textOf(option['value']),
    displayOrder: typeof option['displayOrder'] === 'number' ? option['displayOrder'] : displayOrder,
    hidden: option['hidden'] === true,
  }));
}

/** `options` replaces the whole list; name, type of value and uniqueness are fixed at creation. */
export function updateProperty(type: ObjectType, name: string, { portal, request }: ApiCall): ApiAnswer {
  const schema = portal.schemas[type];
  const property = getProperty(schema, name);
  const { label, description, options, groupName } = request.body;
  const changed: Property = {
    ...property,
    ...(typeof label === 'string' ? { label } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof groupName === 'string' ? { groupName } : {}),
    ...(options === undefined ? {} : { options: readOptions(options) }),
  };
  schema.put(changed);
  return ok(showProperty(changed));
}

export function archiveProperty(type: ObjectType, name: string, { portal }: ApiCall): ApiAnswer {
  const schema = portal.schemas[type];
  const property = getProperty(schema, name);
  if (property.hubspotDefined) throw invalid(`Property ${name} is defined by HubSpot and cannot be archived.`);
  if (portal.options.propertiesInUse.includes(`${type}.${name}`)) throw invalid(`Property ${name} is in use.`);
  schema.put({ ...property, archived: true });
  return NO_CONTENT;
}

export function batchCreateProperties(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const made = readInputs(request.body, 100).map((input) => showProperty(addProperty(portal, type, input)));
  return ok(complete(portal, made), 201);
}

export function batchReadProperties(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const names = readInputs(request.body, 100).map((input) => textOf(input['name']));
  const found = names.flatMap((name) => portal.schemas[type].find(name) ?? []);
  const errors = names
    .filter((name) => portal.schemas[type].find(name) === undefined)
    .map((name) => ({
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      message: `Property ${name} does not exist`,
      context: {},
    }));
  const body = complete(portal, found.map(showProperty));
  return errors.length === 0 ? ok(body) : ok({ ...body, numErrors: errors.length, errors }, 207);
}

function complete(portal: Portal, results: readonly JsonObject[]): JsonObject {
  const at = toIso(portal.now());
  return { status: 'COMPLETE', results, startedAt: at, completedAt: at };
}

function getProperty(schema: Schema, name: string): Property {
  const property = schema.find(name);
  if (property === undefined) throw notFound(`Property ${name} does not exist`);
  return property;
}

export function listGroups(type: ObjectType, { portal }: ApiCall): ApiAnswer {
  return ok({ results: [...portal.schemas[type].groups].map(([name, label]) => showGroup(name, label)) });
}

export function readGroup(type: ObjectType, name: string, { portal }: ApiCall): ApiAnswer {
  const label = portal.schemas[type].groups.get(name);
  if (label === undefined) throw notFound(`Property group ${name} does not exist`);
  return ok(showGroup(name, label));
}

export function createGroup(type: ObjectType, { portal, request }: ApiCall): ApiAnswer {
  const { name, label } = request.body;
  if (typeof name !== 'string' || typeof label !== 'string') {
    throw malformed('Some required fields were not set: [name, label]');
  }
  const { groups } = portal.schemas[type];
  if (groups.has(name)) {
    throw new Refusal(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${name}' already exists.`);
  }
  groups.set(name, label);
  return ok(showGroup(name, label), 201);
}

function showGroup(name: string, label: string): JsonObject {
  return { name, label, displayOrder: -1, archived: false };
}
