import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';

import type { JsonValue } from '../domain/json.ts';
import { findYamlProblems, type YamlProblem } from './yaml-problems.ts';

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML file with a way back from a path to its place. */
export interface YamlSource {
  readonly value: JsonValue;
  /** Where a path stands; the nearest parent that exists when the path itself does not. */
  position(path: readonly (string | number)[]): Position;
  /** Where a key stands (not its value); falls back to `position`. */
  keyPosition(path: readonly (string | number)[]): Position;
}

export type YamlResult =
  | { readonly kind: 'ok'; readonly source: YamlSource }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly { readonly position: Position; readonly message: string }[];
    };

/** The default of the `yaml` package, written down: what one small file may expand to. */
const MAX_ALIASES = 100;

/** Parses one YAML 1.2 document into a map of keys; see `findYamlProblems` for what is refused. */
export function parseYaml(text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const invalid = (problems: readonly YamlProblem[]): YamlResult => ({
    kind: 'invalid',
    problems: problems.map(({ offset, message }) => ({ position: toPosition(lines, offset), message })),
  });
  const problems = findYamlProblems(document, text, (offset) => toPosition(lines, offset).line);
  if (problems.length > 0) return invalid(problems);
  try {
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as JsonValue;
    return { kind: 'ok', source: createSource(document, lines, value) };
  } catch (error) {
    // Aliases without an anchor were found before; what is left is the limit.
    if (!(error instanceof ReferenceError)) throw error;
    const message = `the aliases (*name) in this file stand for too much. Write the values out instead.`;
    return invalid([{ offset: Math.max(0, text.search(/(?<=[\s[,:])\*\w/)), message }]);
  }
}

function createSource(document: Document, lines: LineCounter, value: JsonValue): YamlSource {
  const position = (path: readonly (string | number)[]): Position => {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = offsetOf(document.getIn(path.slice(0, length), true));
      if (offset !== null) return toPosition(lines, offset);
    }
    return { line: 1, column: 1 };
  };
  const keyPosition = (path: readonly (string | number)[]): Position => {
    const parent = document.getIn(path.slice(0, -1), true);
    const name = path.at(-1);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
      const offset = offsetOf(pair?.key);
      if (offset !== null) return toPosition(lines, offset);
    }
    return position(path);
  };
  return { value, position, keyPosition };
}

function offsetOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  const range = node.range as readonly number[] | null | undefined;
  return range?.[0] ?? null;
}

function toPosition(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
