import { createHash } from 'node:crypto';

import type { SqlValue } from '../database.ts';

/** Rows and their content, in any order: equal digests of two tables mean equal tables. */
export interface Digest {
  readonly rows: number;
  /** Sum of the rows' hashes, modulo 2^128, in hex. */
  readonly checksum: string;
}

export interface Digester {
  add(row: Readonly<Record<string, SqlValue>>): void;
  digest(): Digest;
}

/** `columns` in the same order on both sides. */
export function createDigester(columns: readonly string[]): Digester {
  let rows = 0;
  let sum = 0n;
  return {
    add(row) {
      const hash = createHash('sha256');
      for (const column of columns) hash.update(encode(row[column] ?? null));
      const bytes = hash.digest();
      rows += 1;
      sum = BigInt.asUintN(128, sum + (bytes.readBigUInt64BE(0) << 64n) + bytes.readBigUInt64BE(8));
    },
    digest: () => ({ rows, checksum: sum.toString(16).padStart(32, '0') }),
  };
}

/** With kind and length, so that no two rows are written alike. */
function encode(value: SqlValue): Buffer {
  if (value === null) return Buffer.from('0;');
  // SQLite would keep a fraction, PostgreSQL's whole numbers do not: values.ts rounds.
  if (typeof value === 'number') return Buffer.from(`n${Math.round(value)};`);
  if (typeof value === 'bigint') return Buffer.from(`n${value};`);
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);
  return Buffer.concat([Buffer.from(`${typeof value === 'string' ? 's' : 'b'}${bytes.length};`), bytes]);
}

export function sizeOf(row: Readonly<Record<string, SqlValue>>): number {
  let bytes = 0;
  for (const value of Object.values(row)) {
    bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  }
  return bytes;
}
