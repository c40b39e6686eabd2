import { z } from 'zod';

import type { JsonValue } from '../domain/json.ts';
import { configSchema } from './schema.ts';

/** The part of JSON Schema (2020-12) that zod writes for our config. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly default?: JsonValue;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly [key: string]: unknown;
}

/** The schema editors use for completion; what an operator writes, before defaults. */
export function createJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return { ...schema, title: 'hookline.yaml' };
}

/** Keys that may stand at a path, given what else stands there (the `type` or `platform` picks the variant). */
export function keysAt(root: JsonSchema, value: JsonValue, path: readonly (string | number)[]): readonly string[] {
  let variants = variantsOf(root, root, value);
  let current: JsonValue | undefined = value;
  for (const part of path) {
    current =
      typeof current === 'object' && current !== null
        ? (current as Record<string | number, JsonValue>)[part]
        : undefined;
    const here = current;
    variants = variants.flatMap((variant) => childOf(variant, part)).flatMap((child) => variantsOf(root, child, here));
  }
  return [...new Set(variants.flatMap((variant) => Object.keys(variant.properties ?? {})))];
}

function childOf(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  if (typeof part === 'number') return schema.items === undefined ? [] : [schema.items];
  const property = schema.properties?.[part] ?? schema.additionalProperties;
  return typeof property === 'object' ? [property] : [];
}

function variantsOf(root: JsonSchema, schema: JsonSchema, value: JsonValue | undefined): readonly JsonSchema[] {
  if (schema.$ref !== undefined) return variantsOf(root, resolve(root, schema.$ref), value);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives === undefined) return fits(schema, value) ? [schema] : [];
  return alternatives.flatMap((alternative) => variantsOf(root, alternative, value));
}

/** A variant whose constant (`platform: callab`) contradicts the value is not the one the operator is writing. */
function fits(schema: JsonSchema, value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  return Object.entries(schema.properties ?? {}).every(([key, property]) => {
    const found = (value as Record<string, JsonValue | undefined>)[key];
    return property.const === undefined || found === undefined || found === property.const;
  });
}

function resolve(root: JsonSchema, reference: string): JsonSchema {
  if (reference === '#') return root;
  return root.$defs?.[reference.replace('#/$defs/', '')] ?? {};
}
