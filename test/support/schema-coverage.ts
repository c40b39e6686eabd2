import type { JsonSchema } from '../../src/config/json-schema.ts';
import type { JsonValue } from '../../src/domain/json.ts';

/** The same shape under several keys is shown once: each pattern names one such shape. */
const SAME_SHAPES: readonly (readonly [pattern: RegExp, shape: string])[] = [
  [/^.*\.(all|any|not)$/, '<condition>.$1'],
  [/^(destinations\.\*)\.(?:contact|call|task)(?=\.)/, '$1.<records>'],
  [
    /^destinations\.\*\..*\b(?:create|update|put|upsert|check|read|lookup\[\])\.(method|path|query|headers|body|encoding)$/,
    '<request>.$1',
  ],
  [/^sources\.\*\.(?:receipt|semantic)_key(?=\.)/, 'sources.*.<key>'],
  [/^.*\b(?:allow_ips|trusted_proxies)\[\](?=\.)/, '<networks>'],
  [/^(sources\.\*\.fields\.\*)\[\]/, '$1'],
  [/^(integrations\[\]\.actions\[\])\.(?:contact|call|task)\.fields(?=\.)/, '$1.<records>.fields'],
];

/** Every key a config may have, as `sources.*.secrets[].value`. */
export function keysOfSchema(root: JsonSchema): ReadonlySet<string> {
  const found = new Set<string>();
  walk(root, root, { path: '', found, inside: [] });
  return found;
}

interface Walk {
  readonly path: string;
  readonly found: Set<string>;
  /** References being followed: a condition may hold conditions. */
  readonly inside: readonly string[];
}

function walk(root: JsonSchema, schema: JsonSchema, { path, found, inside }: Walk): void {
  const reference = schema.$ref;
  if (reference !== undefined) {
    if (!inside.includes(reference))
      walk(root, resolve(root, reference), { path, found, inside: [...inside, reference] });
    return;
  }
  for (const variant of schema.anyOf ?? schema.oneOf ?? []) walk(root, variant, { path, found, inside });
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    found.add(shapeOf(join(path, key)));
    walk(root, property, { path: join(path, key), found, inside });
  }
  if (typeof schema.additionalProperties === 'object')
    walk(root, schema.additionalProperties, { path: join(path, '*'), found, inside });
  if (schema.items !== undefined) walk(root, schema.items, { path: `${path}[]`, found, inside });
}

/** The keys of the schema that stand in a config, in the same words. */
export function keysOfConfig(root: JsonSchema, value: JsonValue): ReadonlySet<string> {
  const found = new Set<string>();
  visit(root, root, { value, path: '', found });
  return found;
}

interface Visit {
  readonly value: JsonValue;
  readonly path: string;
  readonly found: Set<string>;
}

function visit(root: JsonSchema, schema: JsonSchema, { value, path, found }: Visit): void {
  if (schema.$ref !== undefined) return visit(root, resolve(root, schema.$ref), { value, path, found });
  for (const variant of schema.anyOf ?? schema.oneOf ?? []) visit(root, variant, { value, path, found });
  for (const [part, child, inner] of children(schema, value)) {
    const childPath = part === '[]' ? `${path}[]` : join(path, part);
    if (schema.properties?.[part] !== undefined) found.add(shapeOf(childPath));
    visit(root, child, { value: inner, path: childPath, found });
  }
}

type Child = readonly [part: string, schema: JsonSchema, value: JsonValue];

function children(schema: JsonSchema, value: JsonValue): readonly Child[] {
  if (typeof value !== 'object' || value === null) return [];
  const { items, properties = {}, additionalProperties: any } = schema;
  if (Array.isArray(value)) return value.map((item: JsonValue) => ['[]', items ?? {}, item]);
  return Object.entries(value).flatMap(([key, item]): readonly Child[] => {
    const property = properties[key];
    if (property !== undefined) return [[key, property, item]];
    return typeof any === 'object' ? [['*', any, item]] : [];
  });
}

function resolve(root: JsonSchema, reference: string): JsonSchema {
  return root.$defs?.[reference.replace('#/$defs/', '')] ?? {};
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function shapeOf(path: string): string {
  return SAME_SHAPES.reduce((shape, [pattern, name]) => shape.replace(pattern, name), path);
}

/** The words that choose a variant (`platform: callab`, `type: bearer`), wherever they may stand. */
export function choicesOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'const' in schema && typeof schema.const === 'string' ? [schema.const] : [];
  return [...own, ...Object.values(schema).flatMap(choicesOf)];
}
