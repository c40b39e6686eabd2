import type { SqlValue, Statement, StatementResult } from '../database.ts';
import type { Group, GroupParameter, StatementKind, WireResult } from './messages.ts';

/** Packs lists of statements for the way to the thread. */
export function packGroup(units: readonly (readonly Statement[])[]): Group {
  const numbers = new Map<string, number>();
  const kinds: StatementKind[] = [];
  const statements: number[] = [];
  const parameters: GroupParameter[] = [];
  const bytes = createBytes();
  for (const unit of units) {
    for (const statement of unit) {
      const key = statement.mustChange === true ? `must change: ${statement.sql}` : statement.sql;
      let number = numbers.get(key);
      if (number === undefined) {
        number = kinds.push(kindOf(statement)) - 1;
        numbers.set(key, number);
      }
      statements.push(number);
      for (const value of statement.parameters) parameters.push(value instanceof Uint8Array ? bytes.add(value) : value);
    }
  }
  return { kinds, units: units.map((unit) => unit.length), statements, parameters, bytes: bytes.join() };
}

function kindOf({ sql, parameters, mustChange = false }: Statement): StatementKind {
  return { sql, parameters: parameters.length, mustChange };
}

function createBytes() {
  const pieces: Uint8Array[] = [];
  let used = 0;
  return {
    add(piece: Uint8Array): readonly [offset: number, length: number] {
      pieces.push(piece);
      used += piece.byteLength;
      return [used - piece.byteLength, piece.byteLength];
    },
    join(): Uint8Array<ArrayBuffer> {
      const joined = new Uint8Array(used);
      let offset = 0;
      for (const piece of pieces) {
        joined.set(piece, offset);
        offset += piece.byteLength;
      }
      return joined;
    },
  };
}

/** A statement as it arrived. */
export interface UnitStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  readonly mustChange: boolean;
}

export type Unit = readonly UnitStatement[];

/** Unpacks what `packGroup` packed. */
export function unpackUnits(group: Group): readonly Unit[] {
  let statement = 0;
  let parameter = 0;
  const next = (): UnitStatement => {
    const kind = group.kinds[group.statements[statement++] ?? -1];
    if (kind === undefined) throw new Error('A group has fewer statements than its units.');
    const values = group.parameters.slice(parameter, (parameter += kind.parameters));
    return { sql: kind.sql, values: values.map((value) => toValue(group, value)), mustChange: kind.mustChange };
  };
  return group.units.map((count) => Array.from({ length: count }, next));
}

function toValue({ bytes }: Group, parameter: GroupParameter): SqlValue {
  if (typeof parameter !== 'object' || parameter === null) return parameter;
  const [offset, length] = parameter;
  return Buffer.from(bytes.buffer, offset, length);
}

export function unpackResult(result: WireResult): StatementResult {
  return typeof result === 'number' ? { changes: result, rows: [] } : { changes: result.length, rows: result };
}
