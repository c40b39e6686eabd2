import { LineCounter, isMap, isScalar, parseDocument, type Document } from 'yaml';

import type { JsonValue } from '../domain/json.ts';

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

/** Parses one YAML 1.2 document. Duplicate keys and more than 100 aliases are errors. */
export function parseYaml(text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      position: toPosition(lines, error.pos[0]),
      message: error.message,
    }));
    return { kind: 'invalid', problems };
  }
  try {
    const value = document.toJS({ maxAliasCount: 100 }) as JsonValue;
    return { kind: 'ok', source: createSource(document, lines, value) };
  } catch (error) {
    return { kind: 'invalid', problems: [{ position: { line: 1, column: 1 }, message: (error as Error).message }] };
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
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === name);
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
