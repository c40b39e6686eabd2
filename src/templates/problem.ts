import type { LiquidError, Token } from 'liquidjs';

import { didYouMean } from '../shared/nearest.ts';

/** Something wrong in a template; `line` and `column` count from 1 inside it. */
export interface TemplateProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A parser error in the operator's words: what, where, and what would be right. */
export function explainParseError(error: LiquidError, source: string, tags: readonly string[]): TemplateProblem {
  // The message ends with its place, which is told separately.
  const message = error.message.replace(/, line:\d+, col:\d+$/, '');
  return problemAt(error.token, explainTag(error.token, tags) ?? message + spellingHint(error.token, source));
}

/** A problem at the place of a token. */
export function problemAt(token: Token, message: string): TemplateProblem {
  const [line, column] = token.getPosition();
  return { message, line: line ?? 1, column: column ?? 1 };
}

function explainTag(token: Token, tags: readonly string[]): string | null {
  const name = /^\{%-?\s*(\w+)/.exec(token.getText())?.[1];
  if (name === undefined || tags.some((tag) => tag === name || `end${tag}` === name)) return null;
  return `the tag "${name}" is not available.${didYouMean(name, tags)}`;
}

/** How other languages spell operators, and how it is done here. */
const SPELLINGS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/&&/, 'write "and" instead of "&&"'],
  [/\|\|/, 'write "or" instead of "||"'],
  [/[!=]==/, 'write "==" or "!="'],
  [/(?:^|[^=!<>])=(?:[^=]|$)/, 'to compare, write "==" instead of "="'],
];

function spellingHint(token: Token, source: string): string {
  const start = Math.max(0, source.lastIndexOf('{', token.begin));
  const end = source.indexOf('}', token.begin);
  const expression = source.slice(start, end < 0 ? undefined : end).replaceAll(/"[^"]*"|'[^']*'/g, '""');
  const hint = SPELLINGS.find(([pattern]) => pattern.test(expression))?.[1];
  return hint === undefined ? '' : ` (${hint})`;
}
