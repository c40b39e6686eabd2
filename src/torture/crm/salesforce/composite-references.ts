import type { JsonValue } from '../../../domain/json.ts';
import { textOf } from '../json-text.ts';
import { isObject } from './refusals.ts';

/** A part refers to something that an earlier part did not answer. */
export class UnknownReference extends Error {
  constructor(text: string) {
    super(`Invalid reference specified. No value for ${text} found.`);
    this.name = 'UnknownReference';
  }
}

const REFERENCE = /@\{([A-Za-z]\w*)((?:\.\w+|\[\d+\])*)\}/g;

/** Puts what earlier parts answered in the place of `@{contact.id}` and `@{found.records[0].Id}`. */
export function fillReferences(value: JsonValue, told: ReadonlyMap<string, JsonValue>): JsonValue {
  if (typeof value === 'string') {
    return value.replaceAll(REFERENCE, (all: string, name: string, path: string) =>
      textOf(lookUp(all, told.get(name), path)),
    );
  }
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((entry) => fillReferences(entry, told));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fillReferences(entry, told)]));
}

function lookUp(all: string, answered: JsonValue | undefined, path: string): JsonValue {
  let value = answered;
  for (const step of path.match(/\w+/g) ?? []) {
    const holder: JsonValue | undefined = value;
    value = Array.isArray(holder)
      ? (holder as readonly JsonValue[])[Number(step)]
      : isObject(holder)
        ? holder[step]
        : undefined;
  }
  if (value === undefined || value === null) throw new UnknownReference(all);
  return value;
}
