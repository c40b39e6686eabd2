import type { Compilable } from 'kysely';

import type { SqlValue, Statement } from './database.ts';

/** The place of a parameter in a query that is compiled once. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Compiles a query once and binds parameters ever after: building a query with Kysely costs more than SQLite takes to
 * run it. `build` gets placeholders that look like the parameters; it may place them anywhere a value goes and must not
 * compute with them.
 */
export function prepare<Parameters extends object>(
  build: (parameters: Parameters) => Compilable,
): (parameters: Parameters) => Statement {
  const slots = new Proxy({}, { get: (_target, name) => new Slot(String(name)) });
  const { sql, parameters } = build(slots as Parameters).compile();
  const places = parameters.map((value): Place =>
    value instanceof Slot ? value : { name: null, value: value as SqlValue },
  );
  return (given) => {
    const values = given as Readonly<Record<string, SqlValue>>;
    return {
      sql,
      reused: true,
      parameters: places.map((place) => (place.name === null ? place.value : get(values, place.name))),
    };
  };
}

/** A parameter: to be bound, or the same every time. */
type Place = Slot | { readonly name: null; readonly value: SqlValue };

/** A query that is seldom run, compiled where it stands. */
export function toStatement(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters as readonly SqlValue[] };
}

/** The same statement as a guard: when it changes no row, the whole list is taken back. */
export function mustChange(statement: Statement): Statement {
  return { ...statement, mustChange: true };
}

function get(values: Readonly<Record<string, SqlValue>>, name: string): SqlValue {
  const value = values[name];
  if (value === undefined) throw new Error(`The statement needs a value for "${name}".`);
  return value;
}
