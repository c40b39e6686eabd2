import type { JsonObject, JsonValue } from '../../domain/json.ts';

/** One step into a value. */
export type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  /** `[]`: every item of a list. */
  | { readonly kind: 'each' }
  /** `[key=value]`: the first item of a list that has it. */
  | { readonly kind: 'find'; readonly key: string; readonly value: string };

export type Path = readonly PathStep[];

const STEP = /^(?:\.?([^.[\]=]+)|\[(-?\d+)\]|\[\]|\[([^[\]=]+)=([^[\]]*)\])/;

/**
 * Parses `data.items[0].item.id`, `phones[].value` (every one) or `phones[label=work].value` (the first such).
 * The empty text is the value itself. Null when it cannot be read.
 */
export function parsePath(text: string): Path | null {
  const steps: PathStep[] = [];
  let rest = text;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) return null;
    steps.push(toStep(match));
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function toStep([, key, index, findKey, findValue]: RegExpExecArray): PathStep {
  if (key !== undefined) return { kind: 'key', key };
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  if (findKey !== undefined) return { kind: 'find', key: findKey, value: findValue ?? '' };
  return { kind: 'each' };
}

/** The value at the path; with `[]` on the way a list of all of them. Undefined when nothing is there. */
export function readPath(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined || value === undefined || value === null) return value;
  if (step.kind !== 'each') return readPath(takeStep(value, step), rest);
  if (!isList(value)) return undefined;
  return value.map((item) => readPath(item, rest)).filter((item) => item !== undefined);
}

/** The first of several paths where something is, null counting as nothing. */
export function readFirst(value: JsonValue | undefined, paths: readonly Path[]): JsonValue | undefined {
  for (const path of paths) {
    const found = readPath(value, path);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** An id as text: CRMs use numbers and texts. Undefined for anything else and for an empty text. */
export function asId(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An object's own members, or null for anything else. */
export function asObject(value: JsonValue | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !isList(value) ? value : null;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function takeStep(value: JsonValue, step: Exclude<PathStep, { kind: 'each' }>): JsonValue | undefined {
  switch (step.kind) {
    case 'index':
      return isList(value) ? value.at(step.index) : undefined;
    case 'find':
      return isList(value) ? value.find((item) => asId(ownValue(item, step.key)) === step.value) : undefined;
    case 'key':
      return ownValue(value, step.key);
  }
}

/** Own members only: a path from the outside must not reach prototypes. */
function ownValue(value: JsonValue, key: string): JsonValue | undefined {
  const object = asObject(value);
  return object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
}
