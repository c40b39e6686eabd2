import type { JsonValue } from '../domain/json.ts';

type Path = readonly (string | number)[];

/** The value at a path; undefined where nothing stands. */
export function valueAt(value: JsonValue, path: Path): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string | number, JsonValue | undefined>)[part];
  }
  return current;
}
