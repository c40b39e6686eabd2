import { readFileSync } from 'node:fs';

import type { JsonValue } from '../domain/json.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { describeFileError } from './file-error.ts';

type Path = readonly (string | number)[];

/** `$${` stands for a literal `${`; the last alternative is a reference that is not closed. */
const REFERENCE = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const HOW_TO = 'Write ${NAME} for an environment variable, ${file:/path} for a file, or $${ for a literal ${.';

/** Where `${…}` gets its values from. */
export interface References {
  readonly variable: (name: string) => string | undefined;
}

export interface Interpolated {
  readonly value: JsonValue;
  /** What was filled in → the reference it came from: it may be a secret and must not be shown. */
  readonly filled: ReadonlyMap<string, string>;
}

/**
 * Replaces `${NAME}` and `${file:/path}` in every string of a parsed document. It works on values, not on the text,
 * so nothing that stands in a variable can become YAML. Unset names and unreadable files are issues.
 */
export function interpolate(value: JsonValue, references: References, issues: ConfigIssue[]): Interpolated {
  const filled = new Map<string, string>();
  const replaced = visit(value, [], (text, path) =>
    text.replaceAll(REFERENCE, (match) => {
      const found = resolve(match, references);
      if (found.kind === 'problem') issues.push({ path, message: found.message });
      else if (match !== '$${') filled.set(found.text, match);
      return found.kind === 'text' ? found.text : '';
    }),
  );
  return { value: replaced, filled };
}

function visit(value: JsonValue, path: Path, replaceText: (text: string, path: Path) => string): JsonValue {
  if (typeof value === 'string') return replaceText(value, path);
  if (Array.isArray(value)) return value.map((item: JsonValue, index) => visit(item, [...path, index], replaceText));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key], replaceText)]),
    );
  }
  return value;
}

type Resolved =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'problem'; readonly message: string };

function resolve(reference: string, references: References): Resolved {
  if (reference === '$${') return { kind: 'text', text: '${' };
  if (reference === '${') return problem(`\${ is not closed by }. ${HOW_TO}`);
  const inner = reference.slice('${'.length, -1);
  if (inner.startsWith('file:')) return readReferencedFile(reference, inner.slice('file:'.length));
  if (!NAME.test(inner)) return problem(`${reference} is no reference. ${HOW_TO}`);
  const value = references.variable(inner);
  if (value !== undefined && value !== '') return { kind: 'text', text: value };
  const state = value === undefined ? 'not set' : 'empty';
  return problem(
    `the environment variable ${inner} is ${state}. Set it (for example in .env), or take ${reference} out.`,
  );
}

function readReferencedFile(reference: string, file: string): Resolved {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? problem(`${reference}: the file is empty.`) : { kind: 'text', text };
  } catch (error) {
    return problem(`${reference}: ${describeFileError(error)}.`);
  }
}

function problem(message: string): Resolved {
  return { kind: 'problem', message };
}
