import type { z } from 'zod';

import type { JsonValue } from '../domain/json.ts';
import { nearest } from '../shared/nearest.ts';

type Path = readonly (string | number)[];

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  null: 'empty',
};

/**
 * What is wrong with a value, as words that follow it: `must be a list.` Given to zod as its error map, so that only
 * what a schema says in its own words is left as it is.
 */
export function phrase(issue: z.core.$ZodRawIssue): string {
  const { input } = issue;
  if (input === undefined) return missing(issue);
  if (issue.code === 'invalid_type') return mustBe([noun(issue.expected)], input);
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String), input);
  if (issue.code === 'too_small') return smallest(issue.origin, Number(issue.minimum), issue.inclusive === true);
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${issue.origin === 'number' ? '' : ' long'}.`;
  if (issue.code === 'invalid_format') return 'must be an absolute URL such as "https://example.com/path".';
  // What is left is said by the schema itself, or put together from what is inside (`explainIssues`).
  return issue.message ?? 'is not right.';
}

function missing(issue: z.core.$ZodRawIssue): string {
  const isChoice = issue.code === 'invalid_value' && issue.values.length > 1;
  return isChoice ? `is missing. One of: ${issue.values.join(', ')}.` : 'is missing.';
}

function oneOf(values: readonly string[], input: unknown): string {
  return values.join('') === 'true' ? 'can only be true. Otherwise leave it out.' : mustBe(values, input);
}

/** `must be put, upsert or create. Did you mean "upsert"?`, `must be a map of keys, not a list.` */
export function mustBe(choices: readonly string[], found: unknown): string {
  const meant = typeof found === 'string' ? nearest(found, choices) : null;
  const hint = meant === null ? '' : ` Did you mean "${meant}"?`;
  return `must be ${joinOr(choices)}${contrast(found)}.${quotesHint(choices, found)}${hint}`;
}

export function noun(expected: string): string {
  return NOUNS[expected] ?? expected;
}

/** `a, b or c` */
export function joinOr(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1) ?? ''}`;
}

/** Lists and maps are not printed, they are named. */
function contrast(found: unknown): string {
  if (found === null) return '; nothing stands here';
  if (typeof found !== 'object') return '';
  return Array.isArray(found) ? ', not a list' : ', not a map of keys';
}

function quotesHint(choices: readonly string[], found: unknown): string {
  const isBare = typeof found === 'number' || typeof found === 'boolean';
  return isBare && choices.includes('text') ? ' Put it in quotes.' : '';
}

function smallest(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'array') return minimum === 1 ? 'must have an entry.' : `must have at least ${minimum} entries.`;
  if (origin === 'string') return minimum === 1 ? 'must not be empty.' : `must have at least ${minimum} characters.`;
  return inclusive ? `must be at least ${minimum}.` : `must be more than ${minimum}.`;
}

const SECRET_KEYS = new Set([
  'token',
  'access_token',
  'secrets',
  'password',
  'client_secret',
  'refresh_token',
  'private_key',
]);

/** Whether what stands at a path is, or may carry, a secret that somebody wrote into the file. */
function isSecret(path: Path): boolean {
  const isOfAuth = path.includes('auth') && path.at(-1) === 'value';
  return isOfAuth || path.includes('headers') || path.some((part) => SECRET_KEYS.has(String(part)));
}

/** A value as the operator wrote it, short; an empty text where it has no short form or must not be shown. */
export function show(value: JsonValue | undefined, path: Path): string {
  if (value === undefined || value === null || typeof value === 'object' || isSecret(path)) return '';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 58)}…"` : text;
}
