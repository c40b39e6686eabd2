import type { z } from 'zod';

import type { JsonValue } from '../domain/json.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { explainKey, type UnknownKey } from './explain-key.ts';
import type { JsonSchema } from './json-schema.ts';
import { joinOr, mustBe, noun, show } from './phrases.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;
type Union = Extract<Issue, { code: 'invalid_union' }>;
type Path = readonly (string | number)[];

/** An issue that, with `atKey`, is about the last key of `path` itself, not about its value. */
export interface LocatedIssue extends ConfigIssue {
  readonly atKey?: boolean;
}

interface Document {
  readonly value: JsonValue;
  readonly schema: JsonSchema;
}

/** An explained issue, while others are still compared with it. */
interface Explained extends LocatedIssue {
  /** The key that a mistyped one was probably meant to be. */
  readonly meant?: Path;
  readonly isMissing?: boolean;
}

/**
 * Turns zod's issues into what is wrong, as words that follow the name of the place. `value` is the document before
 * `${…}` was filled in, so no secret from outside is shown.
 */
export function explainIssues(issues: readonly Issue[], value: JsonValue, schema: JsonSchema): readonly LocatedIssue[] {
  const explained = issues.flatMap((issue) => explain(issue, [], { value, schema }));
  // `tokn: x` is one mistake: an unknown key, and neither a missing `token` nor a map without one of what it needs.
  const mistyped = explained.filter(({ meant }) => meant !== undefined);
  const consequences = new Set(mistyped.flatMap(({ path, meant = [] }) => [keyOf(meant), keyOf(path.slice(0, -1))]));
  return explained.filter((issue) => issue.atKey === true || !consequences.has(keyOf(issue.path)));
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function explain(issue: Issue, base: Path, document: Document): readonly Explained[] {
  const path = [...base, ...issue.path] as Path;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, document));
  if (issue.code === 'invalid_union') return explainUnion(issue, path, document);
  if (issue.code !== 'invalid_key') return [plain(path, issue.message, document)];
  return [{ path, atKey: true, message: `the name "${path.at(-1)}" ${sentence(issue.issues[0]?.message ?? '')}` }];
}

function plain(path: Path, message: string, { value }: Document): Explained {
  const found = valueAt(value, path);
  if (found === undefined) return { path, message: sentence(message), isMissing: true };
  const shown = message.startsWith('"') ? '' : show(found, path);
  const isReference = typeof found === 'string' && found.includes('${') && /^must be (?:a|true)/.test(message);
  const hint = isReference ? ' A ${…} always gives text.' : '';
  return { path, message: `${shown === '' ? '' : `${shown} `}${sentence(message)}${hint}` };
}

function sentence(message: string): string {
  return /[.?!`]$/.test(message) ? message : `${message}.`;
}

function unknownKey(parent: Path, key: string, { value, schema }: Document): Explained {
  const { message, meant }: UnknownKey = explainKey(parent, key, value, schema);
  const path = [...parent, key];
  return { path, atKey: true, message, ...(meant === null ? {} : { meant: [...parent, meant] }) };
}

/** Says which shapes are possible where none fits, else what is wrong with the shape that was meant. */
function explainUnion(issue: Union, path: Path, document: Document): readonly Explained[] {
  const found = valueAt(document.value, path);
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  if (found === undefined) {
    const choice = options.length === 0 ? '' : ` One of: ${options.join(', ')}.`;
    return [{ path, message: `is missing.${choice}`, isMissing: true }];
  }
  if (options.length > 0) return [plain(path, mustBe(options, found), document)];
  const alternatives = flatten(issue);
  const shaped = alternatives.filter((issues) => !issues.some(isOtherShape));
  if (shaped.length > 0) return explainShapes(shaped, path, document);
  return [plain(path, mustBe(alternatives.flat().flatMap(expectations), found), document)];
}

/** Unions in unions are one choice. */
function flatten(union: Union): readonly (readonly Issue[])[] {
  return union.errors.flatMap((issues) => {
    const [first] = issues;
    return first?.code === 'invalid_union' && first.path.length === 0 ? flatten(first) : [issues];
  });
}

function isOtherShape({ path, code }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function expectations(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [noun(issue.expected)];
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

/** Several maps are possible: of those the one that has most of what is written. */
function explainShapes(shapes: readonly (readonly Issue[])[], path: Path, document: Document): readonly Explained[] {
  const [best = [], ...others] = shapes.toSorted((left, right) => faults(left) - faults(right));
  const unknown = unknownToAll(shapes);
  if (unknown.length > 0) return unknown.map((key) => unknownKey(path, key, document));
  const explained = best.flatMap((issue) => explain(issue, path, document));
  const isOpen = others.some((other) => faults(other) === faults(best));
  if (!isOpen || !explained.every(({ isMissing }) => isMissing === true)) return explained;
  const missing = shapes.flat().flatMap(({ path: inner }) => (inner.length === 1 ? [`"${String(inner[0])}"`] : []));
  return [{ path, message: `needs ${joinOr(missing)}.` }];
}

function faults(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

function unknownToAll(shapes: readonly (readonly Issue[])[]): readonly string[] {
  const [first = [], ...others] = shapes.map((issues) =>
    issues.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [])),
  );
  return first.filter((key) => others.every((keys) => keys.includes(key)));
}
