/** Any value that `JSON.parse` can return. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A plain JSON object. Keys are data from outside: never use one as a prototype path. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
