import type { z } from 'zod';

import type { JsonValue } from '../domain/json.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { didYouMean } from '../shared/nearest.ts';
import { keysAt, type JsonSchema } from './json-schema.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** An issue whose `key` (when set) stands at the key of `path`, not at its value. */
export interface LocatedIssue extends ConfigIssue {
  readonly atKey?: boolean;
}

/** Turns zod's issues into sentences that name the value and what would be right. */
export function explainIssues(issues: readonly Issue[], value: JsonValue, schema: JsonSchema): readonly LocatedIssue[] {
  return issues.flatMap((issue) => explain(issue, [], value, schema));
}

function explain(issue: Issue, base: Path, value: JsonValue, schema: JsonSchema): readonly LocatedIssue[] {
  const path = [...base, ...issue.path] as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], key, keysAt(schema, value, path)));
  if (issue.code === 'invalid_union') return explainUnion(issue, path, value, schema);
  if (issue.code === 'invalid_key')
    return [{ path, message: `${name(path)}: ${issue.issues[0]?.message ?? 'not a legal name'}`, atKey: true }];
  return [{ path, message: `${name(path)}: ${describe(issue, valueAt(value, path))}` }];
}

function unknownKey(path: Path, key: string, known: readonly string[]): LocatedIssue {
  return { path, message: `unknown key "${key}".${didYouMean(key, known)}`, atKey: true };
}

/** Of the alternatives of a union, the one that got furthest explains best; a bad discriminator lists the legal values. */
function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  value: JsonValue,
  schema: JsonSchema,
): readonly LocatedIssue[] {
  if (issue.errors.length === 0) {
    const found = valueAt(value, path);
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
    if (found === undefined) return [{ path, message: `${name(path)} is missing. One of: ${options.join(', ')}.` }];
    const wrong = typeof found === 'string' ? didYouMean(found, options) : '';
    return [{ path, message: `${name(path)}: ${show(found)} is not one of ${options.join(', ')}.${wrong}` }];
  }
  const depth = (issues: readonly Issue[]): number =>
    Math.max(...issues.map((inner) => inner.path.length + (inner.code === 'unrecognized_keys' ? 1 : 0)));
  const best = issue.errors.toSorted((left, right) => depth(right) - depth(left))[0] ?? [];
  if (depth(best) > 0) return best.flatMap((inner) => explain(inner, path, value, schema));
  const alternatives = issue.errors.flatMap((errors) => errors.map((inner) => expectation(inner)));
  return [
    {
      path,
      message: `${name(path)}: ${show(valueAt(value, path))} does not fit. Expected ${[...new Set(alternatives)].join(', or ')}.`,
    },
  ];
}

function expectation(issue: Issue): string {
  return issue.code === 'invalid_type' ? `a ${issue.expected}` : issue.message;
}

function describe(issue: Issue, found: JsonValue | undefined): string {
  if (found === undefined) return 'is missing.';
  if (issue.code === 'invalid_type') return `${show(found)} is not a ${issue.expected}.`;
  if (issue.code === 'invalid_value') {
    const options = issue.values.map(String);
    return `${show(found)} is not one of ${options.join(', ')}.${typeof found === 'string' ? didYouMean(found, options) : ''}`;
  }
  return `${show(found)} ${issue.message}`;
}

/** The value at a path; undefined where nothing stands. */
export function valueAt(value: JsonValue, path: Path): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, JsonValue | undefined>)[part];
  }
  return current;
}

/** `integrations[0].when` */
export function name(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text || 'the document';
}

/** A value as an operator would recognise it, short; things under secret-looking keys are the caller's business. */
function show(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
