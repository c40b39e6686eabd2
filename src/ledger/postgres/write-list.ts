import type { Pool, PoolClient } from 'pg';

import type { Statement, StatementResult, Written } from '../database.ts';
import { isConflict, isStatementFault, toLedgerError } from './errors.ts';
import { query } from './query.ts';

/** A list that loses a deadlock is tried again; so many times in a row means something is wrong. */
const MAX_ATTEMPTS = 10;

type Attempt =
  | Written
  /** Nothing was written for certain, and it may be tried again. */
  | { readonly kind: 'again'; readonly error: unknown }
  /** `error` is the statement's fault, or nobody knows whether the commit came through. */
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Runs the statements in one transaction (docs/decisions/0009). What certainly was not committed is tried again: after a
 * deadlock, and once when the connection broke before the commit was sent.
 */
export async function writeList(pool: Pool, statements: readonly Statement[]): Promise<Written> {
  const sql = statements.map((statement) => statement.sql).join('; ');
  let lostBefore = false;
  for (let attempt = 1; ; attempt += 1) {
    const client = await connect(pool);
    const result = statements.length === 1 ? await writeOne(client, statements) : await transact(client, statements);
    if (result.kind === 'written' || result.kind === 'refused') return result;
    const lost = !isConflict(result.error);
    if (result.kind === 'failed' || attempt >= MAX_ATTEMPTS || (lost && lostBefore))
      throw toLedgerError(result.error, sql);
    lostBefore ||= lost;
  }
}

/** Rejects with LedgerUnavailableError when the server cannot be reached. */
export async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toLedgerError(error, 'connect');
  }
}

/** A single statement is a transaction by itself. */
async function writeOne(client: PoolClient, statements: readonly Statement[]): Promise<Attempt> {
  try {
    const results = await Promise.all(statements.map((statement) => query(client, statement)));
    client.release();
    return check(statements, results) ?? { kind: 'written', results };
  } catch (error) {
    client.release(!isStatementFault(error) && !isConflict(error));
    return { kind: isConflict(error) ? 'again' : 'failed', error };
  }
}

async function transact(client: PoolClient, statements: readonly Statement[]): Promise<Attempt> {
  const sent = await sendTogether(client, () => [
    client.query('begin isolation level read committed'),
    ...statements.map((statement) => query(client, statement)),
  ]);
  const failed = sent.find((result) => result.status === 'rejected');
  if (failed !== undefined) return giveUp(client, failed.reason);
  const results = sent.slice(1).map((result) => (result as PromiseFulfilledResult<StatementResult>).value);
  const refused = check(statements, results);
  try {
    await client.query(refused === undefined ? 'commit' : 'rollback');
    client.release();
    return refused ?? { kind: 'written', results };
  } catch (error) {
    client.release(true);
    // A rollback that got no answer is a rollback.
    return refused ?? { kind: isConflict(error) ? 'again' : 'failed', error };
  }
}

/** In one piece: each query by itself would be a write to the socket by itself, which costs more than the query. */
async function sendTogether(
  { connection: { stream } }: PoolClient,
  send: () => readonly Promise<unknown>[],
): Promise<readonly PromiseSettledResult<unknown>[]> {
  stream.cork();
  try {
    return Promise.allSettled(send());
  } finally {
    stream.uncork();
  }
}

/** The index of the first guard that changed nothing. */
function check(statements: readonly Statement[], results: readonly StatementResult[]): Written | undefined {
  const index = statements.findIndex(({ mustChange }, at) => mustChange === true && results[at]?.changes === 0);
  return index === -1 ? undefined : { kind: 'refused', statement: index };
}

async function giveUp(client: PoolClient, error: unknown): Promise<Attempt> {
  if (!isStatementFault(error) && !isConflict(error)) {
    client.release(true);
    return { kind: 'again', error };
  }
  try {
    await client.query('rollback');
    client.release();
  } catch {
    client.release(true);
  }
  return { kind: isConflict(error) ? 'again' : 'failed', error };
}
