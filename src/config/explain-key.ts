import type { JsonValue } from '../domain/json.ts';
import { didYouMean, nearest } from '../shared/nearest.ts';
import { keysAt, type JsonSchema } from './json-schema.ts';
import { valueAt } from './value-at.ts';

type Path = readonly (string | number)[];

export interface UnknownKey {
  readonly message: string;
  /** The known key it is near to. */
  readonly meant: string | null;
}

/** Why a key cannot stand in the map at `parent`, and which one was probably meant. */
export function explainKey(parent: Path, key: string, value: JsonValue, schema: JsonSchema): UnknownKey {
  const present = Object.entries(valueAt(value, parent) ?? {}) as [string, JsonValue][];
  const known = keysAt(schema, value, parent);
  if (known.includes(key)) {
    const others = present.filter(([name]) => name !== key && known.includes(name)).map(([name]) => `"${name}"`);
    return { message: `"${key}" cannot stand beside ${others.join(', ')}.`, meant: null };
  }
  const free = known.filter((name) => present.every(([other]) => other !== name));
  const meant = nearest(key, known);
  const hint = didYouMean(key, meant === null ? free : known) || ' docs/configuration.md lists the keys.';
  const variant = present.find(([name]) => name === 'platform' || name === 'type');
  // The same place takes the key where another platform or type is chosen.
  if (variant !== undefined && keysAt(schema, null, parent).includes(key)) {
    const message = `the key "${key}" does not go with ${variant[0]}: ${JSON.stringify(variant[1])}.${hint}`;
    return { message, meant };
  }
  return { message: `unknown key "${key}".${hint}`, meant };
}
