import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { isObject } from '../read-body.ts';
import { isBlank } from './convert.ts';
import type { Path } from './path.ts';

/** More than this many values without a place are counted, not kept: the raw event has them all. */
const MAX_UNMAPPED = 100;

/** Keys of a body that are accounted for. */
interface Node {
  isRead: boolean;
  readonly children: Map<string, Node>;
}

export interface UnmappedValue {
  /** Keys from the top: `['contact', 'category']`. */
  readonly keys: readonly string[];
  readonly value: JsonValue;
}

/** Finds what a body says beyond the paths that are read; `dropped` counts what was too much. */
export type FindUnmapped = (record: JsonObject) => {
  readonly values: readonly UnmappedValue[];
  readonly dropped: number;
};

export function createFindUnmapped(known: readonly Path[]): FindUnmapped {
  const root: Node = { isRead: false, children: new Map() };
  for (const path of known) markRead(root, path.keys);
  return (record) => {
    const values = [...walk(record, root, [])];
    return { values: values.slice(0, MAX_UNMAPPED), dropped: Math.max(0, values.length - MAX_UNMAPPED) };
  };
}

function markRead(root: Node, keys: readonly string[]): void {
  let node = root;
  for (const key of keys) {
    const child = node.children.get(key) ?? { isRead: false, children: new Map() };
    node.children.set(key, child);
    node = child;
  }
  node.isRead = true;
}

/** As deep as the paths go, which is as deep as somebody wrote them. */
function* walk(record: JsonObject, node: Node, above: readonly string[]): Generator<UnmappedValue> {
  for (const [key, value] of Object.entries(record)) {
    const child = node.children.get(key);
    if (child?.isRead === true || isBlank(value)) continue;
    if (child !== undefined && isObject(value)) yield* walk(value, child, [...above, key]);
    else yield { keys: [...above, key], value };
  }
}
