import { isAlias, isMap, isScalar, visit, type Alias, type Document, type YAMLMap } from 'yaml';

import { didYouMean } from '../shared/nearest.ts';

/** Something no document of ours may have; `offset` counts characters from the start of the text. */
export interface YamlProblem {
  readonly offset: number;
  readonly message: string;
}

type LineOf = (offset: number) => number;
type YamlError = Document['errors'][number];

/**
 * What makes a text no YAML document of ours: broken syntax, and what YAML allows but nobody means: no keys at all,
 * repeated keys, keys that are no texts, custom tags, aliases of nothing.
 */
export function findYamlProblems(document: Document, text: string, lineOf: LineOf): readonly YamlProblem[] {
  const [error] = [...document.errors, ...document.warnings].toSorted((left, right) => left.pos[0] - right.pos[0]);
  // Whatever comes after the first error of syntax mostly follows from it.
  if (error !== undefined) return [{ offset: error.pos[0], message: explainSyntax(error, text) }];
  if (!isMap(document.contents)) return [noMap(document)];
  const problems: YamlProblem[] = [];
  const anchors: string[] = [];
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) problems.push(...aliasProblems(node, anchors));
      else if (node.anchor !== undefined) anchors.push(node.anchor);
      if (isMap(node)) problems.push(...keyProblems(node, lineOf));
    },
  });
  return problems.toSorted((left, right) => left.offset - right.offset);
}

function noMap({ contents }: Document): YamlProblem {
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
  return {
    offset: isEmpty ? 0 : (contents.range?.[0] ?? 0),
    message: isEmpty
      ? 'the file is empty. `npm run hookline -- init --platform callab` writes a first config where there is none.'
      : 'the file must be a map of keys: sources, destinations, integrations.',
  };
}

function keyProblems(map: YAMLMap, lineOf: LineOf): readonly YamlProblem[] {
  const firstLines = new Map<string, number>();
  return map.items.flatMap(({ key }) => {
    const offset = (key as { range?: readonly number[] } | null)?.range?.[0] ?? 0;
    if (!isScalar(key) || key.value === null) return [{ offset, message: noKey(key) }];
    const name = key.toString();
    const message = nameProblem(name, firstLines.get(name));
    firstLines.set(name, firstLines.get(name) ?? lineOf(offset));
    return message === null ? [] : [{ offset, message }];
  });
}

function nameProblem(name: string, firstLine: number | undefined): string | null {
  // JavaScript gives this name a meaning of its own, and zod skips it silently.
  if (name === '__proto__') return '"__proto__" cannot be a key.';
  if (firstLine === undefined) return null;
  return `the key "${name}" stands here a second time; the first one is in line ${firstLine}.`;
}

function noKey(key: unknown): string {
  return isMap(key) ? QUOTE_TEMPLATES : 'a key must be a text.';
}

function aliasProblems({ source, range }: Alias, anchors: readonly string[]): readonly YamlProblem[] {
  if (anchors.includes(source)) return [];
  const hint = didYouMean(source, anchors) || ' A text that starts with * must stand in quotes.';
  return [{ offset: range?.[0] ?? 0, message: `there is no anchor &${source} above *${source}.${hint}` }];
}

const QUOTE_TEMPLATES = 'a text that starts with { must stand in quotes: "{{ … }}".';

const SYNTAX: Readonly<Partial<Record<YamlError['code'], string>>> = {
  BAD_INDENT: 'the indentation does not fit the lines above, or a bracket above is not closed.',
  BLOCK_AS_IMPLICIT_KEY: 'the indentation is wrong, or a text with a colon and a space in it lacks quotes.',
  MISSING_CHAR: 'a quote, comma or bracket is missing here.',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing after the key, or the indentation is wrong.',
  MULTIPLE_DOCS: 'a second document starts here (---); the config is one document.',
  TAB_AS_INDENT: 'a tab cannot indent YAML. Use spaces.',
  TAG_RESOLVE_FAILED: 'tags (!name) mean nothing here. A text that starts with ! must stand in quotes.',
  UNEXPECTED_TOKEN: 'this does not belong here: a comma, a line break or quotes around a text are missing.',
};

function explainSyntax(error: YamlError, text: string): string {
  const start = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  const line = text.slice(start, error.pos[0] + 1);
  const isTemplate = /(?:[:\-,[]\s+|\[)\{\{/.test(line) && error.code !== 'TAB_AS_INDENT';
  return isTemplate ? QUOTE_TEMPLATES : (SYNTAX[error.code] ?? `this is no YAML: ${error.message}.`);
}
