import { readFileSync } from 'node:fs';

import type { JsonValue } from '../domain/json.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';

type Path = readonly (string | number)[];

/** `$${` stands for a literal `${`. */
const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Where `${…}` gets its values from. */
export interface References {
  readonly variable: (name: string) => string | undefined;
}

/**
 * Replaces `${NAME}` and `${file:/path}` in every string of a parsed document. It works on values, not on the text,
 * so nothing that stands in a variable can become YAML. Unset names and unreadable files are issues.
 */
export function interpolate(value: JsonValue, references: References, issues: ConfigIssue[]): JsonValue {
  return visit(value, [], (text, path) => replace(text, references, (message) => issues.push({ path, message })));
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

function replace(text: string, references: References, report: (message: string) => void): string {
  return text.replaceAll(REFERENCE, (match, inner: string | undefined) => {
    if (inner === undefined) return '${';
    if (inner.startsWith('file:')) return readReferencedFile(inner.slice('file:'.length), report);
    if (!NAME.test(inner)) {
      report(
        `${match} is not a reference. Write \${NAME} for an environment variable, \${file:/path} for a file, or $\${ for a literal \${.`,
      );
      return '';
    }
    return readVariable(inner, references, report);
  });
}

function readVariable(name: string, references: References, report: (message: string) => void): string {
  const value = references.variable(name);
  if (value !== undefined && value !== '') return value;
  const state = value === undefined ? 'not set' : 'empty';
  report(
    `\${${name}}: the environment variable ${name} is ${state}. Set it (for example in .env) or remove the reference.`,
  );
  return '';
}

function readReferencedFile(file: string, report: (message: string) => void): string {
  try {
    const content = readFileSync(file, 'utf8').trim();
    if (content === '') report(`\${file:${file}}: the file is empty.`);
    return content;
  } catch (error) {
    report(`\${file:${file}}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
    return '';
  }
}
