import { writeFileSync } from 'node:fs';

import { createJsonSchema, type JsonSchema } from '../src/config/json-schema.ts';

/** Writes `docs/configuration.md`: every key of `hookline.yaml` in a table, from the schema that checks it. */

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

const root = createJsonSchema();

const INTRODUCTION = `# Configuration

Generated from the schema by \`npm run generate\`; do not edit. A file with every key and a comment is
[config/hookline.example.yaml](../config/hookline.example.yaml).

\`\${NAME}\` reads the environment (or \`.env\`), \`\${file:/path}\` a file; an unset name is an error. \`$\${\` is a literal
\`\${\`. Keys that are not listed are errors. \`npm run hookline -- check\` names every problem with line and column.

A key ending in \`[]\` stands for each entry of a list, \`<name>\` for a name you choose.
`;

const SECTIONS: readonly { readonly title: string; readonly path: readonly string[]; readonly choice?: string }[] = [
  { title: 'server', path: ['server'] },
  { title: 'retention', path: ['retention'] },
  { title: 'sources', path: ['sources'], choice: 'platform' },
  { title: 'destinations', path: ['destinations'], choice: 'type' },
  { title: 'integrations', path: ['integrations'] },
];

writeFileSync('docs/configuration.md', [INTRODUCTION, ...SECTIONS.map(section)].join('\n'));

function section({ title, path, choice }: (typeof SECTIONS)[number]): string {
  const schema = path.reduce<JsonSchema>((parent, key) => parent.properties?.[key] ?? {}, root);
  const heading = `## ${title}\n\n${schema.description ?? ''}\n`;
  const entries = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : schema.items;
  if (choice === undefined || entries === undefined) return `${heading}\n${table(rows(entries ?? schema, ''))}`;
  const tables = variants(entries).map((variant) => ({
    name: `${choice}: ${JSON.stringify(variant.properties?.[choice]?.const).replaceAll('"', '')}`,
    rows: rows(variant, '').filter(({ key }) => key !== choice),
  }));
  const common = (tables[0]?.rows ?? []).filter((row) => tables.every((other) => other.rows.some(isSame(row))));
  const own = tables.map(({ name, rows: all }) => ({ name, rows: all.filter((row) => !common.some(isSame(row))) }));
  const shared = common.length === 0 ? [] : [{ name: `every ${title.slice(0, -1)}`, rows: common }];
  return [heading, ...[...shared, ...own].map(({ name, rows: found }) => `### ${name}\n\n${table(found)}`)].join('\n');
}

function isSame(row: Row): (other: Row) => boolean {
  const text = JSON.stringify(row);
  return (other) => JSON.stringify(other) === text;
}

function variants(schema: JsonSchema): readonly JsonSchema[] {
  return (schema.anyOf ?? schema.oneOf ?? [schema]).map(resolve);
}

function rows(schema: JsonSchema, prefix: string): readonly Row[] {
  const resolved = resolve(schema);
  return Object.entries(resolved.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const required = resolved.required?.includes(name) === true && property.default === undefined;
    return [
      { key, type: typeOf(property), fallback: fallbackOf(property, required), meaning: meaningOf(property) },
      ...nested(property, key),
    ];
  });
}

/** Keys below a key; a choice of shapes lists the keys of all of them once. */
function nested(property: JsonSchema, key: string): readonly Row[] {
  if (property.$ref !== undefined) return [];
  const found = variants(resolve(property)).flatMap((variant) => {
    if (variant.items !== undefined) return variants(resolve(variant.items)).flatMap((item) => rows(item, `${key}[]`));
    if (typeof variant.additionalProperties === 'object')
      return variants(variant.additionalProperties).flatMap((item) => rows(item, `${key}.<name>`));
    return rows(variant, key);
  });
  const byKey = Map.groupBy(found, (row) => row.key);
  return [...byKey.values()].map((same) => mergeRows(same));
}

/** A key that several shapes have, as one row: required only where no shape does without it. */
function mergeRows(same: readonly Row[]): Row {
  const distinct = (values: readonly string[]): readonly string[] => [
    ...new Set(values.filter((value) => value !== '')),
  ];
  return {
    key: same[0]?.key ?? '',
    type: distinct(same.map(({ type }) => type)).join(' or '),
    fallback: distinct(same.map(({ fallback }) => fallback)).join(' or '),
    meaning: distinct(same.map(({ meaning }) => meaning)).join(' '),
  };
}

function resolve(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref: reference, ...own } = schema;
  return { ...root.$defs?.[reference.replace('#/$defs/', '')], ...own };
}

function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return recursiveType(schema);
  const resolved = schema;
  if (resolved.const !== undefined) return JSON.stringify(resolved.const);
  if (resolved.enum !== undefined) return resolved.enum.map(String).join(' \\| ');
  const alternatives = resolved.anyOf ?? resolved.oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (resolved.type === 'array') return `list of ${typeOf(resolved.items ?? {})}`;
  return resolved.type ?? 'any';
}

/** Only what may contain itself is a reference: conditions, and JSON with templates in its strings. */
function recursiveType(schema: JsonSchema): string {
  const isCondition = variants(resolve(schema)).some((variant) => variant.properties?.['all'] !== undefined);
  return isCondition ? 'condition' : 'JSON';
}

function fallbackOf(schema: JsonSchema, required: boolean): string {
  if (required) return 'required';
  const { default: fallback } = resolve(schema);
  if (
    fallback === undefined ||
    (typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0)
  )
    return '';
  return `\`${JSON.stringify(fallback)}\``;
}

function meaningOf(schema: JsonSchema): string {
  return (schema.description ?? resolve(schema).description ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function table(found: readonly Row[]): string {
  if (found.length === 0) return '_No further keys._\n';
  const lines = found.map(({ key, type, fallback, meaning }) => `| \`${key}\` | ${type} | ${fallback} | ${meaning} |`);
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...lines, ''].join('\n');
}
