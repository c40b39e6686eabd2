import type { Connection } from './connection.ts';
import { unpackUnits, type Unit, type UnitStatement } from './group.ts';
import type { Answer, Group, WireResult } from './messages.ts';
import type { Begin } from './take-turn.ts';

/** Runs the units of a group in one transaction: one fsync for all of them, each failing alone. */
export function writeGroup(connection: Connection, group: Group, begin: Begin): readonly Answer[] {
  const units = unpackUnits(group);
  try {
    return commit(connection, units, begin);
  } catch (error) {
    // One unit too big for a full disk must not take the others along, least of all a deletion that would make room.
    if (codeOf(error) === 'SQLITE_FULL') return units.map((unit) => commitAlone(connection, unit, begin));
    return units.map(() => unavailable(error));
  }
}

/** Runs reads one by one; each sees everything committed before it began. */
export function readGroup(connection: Connection, group: Group): readonly Answer[] {
  return unpackUnits(group).map((unit) => answerRead(connection, unit));
}

/** True when the connection should be opened anew before the next group. */
export function isBroken(answers: readonly Answer[]): boolean {
  return answers.some(
    (answer) =>
      answer.kind === 'unavailable' && answer.code !== 'SQLITE_FULL' && !answer.code.startsWith('SQLITE_BUSY'),
  );
}

/** The answer for a unit when the database itself is at fault. */
export function unavailable(error: unknown): Answer {
  return { kind: 'unavailable', code: codeOf(error), message: messageOf(error) };
}

function commitAlone(connection: Connection, unit: Unit, begin: Begin): Answer {
  try {
    return commit(connection, [unit], begin)[0] ?? unavailable(new Error('no answer'));
  } catch (error) {
    return unavailable(error);
  }
}

/**
 * A savepoint makes SQLite copy every page before it is changed, a seventh of the time of an event. So a unit that seldom
 * fails runs without one; when it does fail halfway, everything is taken back and done again, with a savepoint for each.
 */
function commit(connection: Connection, units: readonly Unit[], begin: Begin): readonly Answer[] {
  const answers = transact(connection, units, { begin, needsSavepoint: hasGuard });
  return answers ?? transact(connection, units, { begin, needsSavepoint: () => true }) ?? [];
}

function hasGuard(unit: Unit): boolean {
  return unit.some(({ mustChange }) => mustChange);
}

interface Transaction {
  readonly begin: Begin;
  readonly needsSavepoint: (unit: Unit) => boolean;
}

/** Null when a unit without a savepoint failed halfway: nothing was written. */
function transact(connection: Connection, units: readonly Unit[], transaction: Transaction): readonly Answer[] | null {
  transaction.begin(connection);
  try {
    const answers: Answer[] = [];
    for (const unit of units) {
      const savepoint = transaction.needsSavepoint(unit);
      const answer = savepoint ? runWithSavepoint(connection, unit) : runStatements(connection, unit);
      // SQLite takes a single failed statement back by itself.
      if (answer.kind === 'failed' && !savepoint && unit.length > 1) {
        connection.prepare('rollback').run();
        return null;
      }
      answers.push(answer);
    }
    connection.prepare('commit').run();
    return answers;
  } catch (error) {
    // Some faults (a full disk) have rolled back already.
    if (connection.inTransaction) connection.prepare('rollback').run();
    throw error;
  }
}

function runWithSavepoint(connection: Connection, unit: Unit): Answer {
  connection.prepare('savepoint unit').run();
  const answer = runStatements(connection, unit);
  if (answer.kind !== 'written') connection.prepare('rollback to unit').run();
  connection.prepare('release unit').run();
  return answer;
}

function runStatements(connection: Connection, unit: Unit): Answer {
  const results: WireResult[] = [];
  try {
    for (const statement of unit) {
      const result = runStatement(connection, statement);
      const changes = typeof result === 'number' ? result : result.length;
      if (statement.mustChange && changes === 0) return { kind: 'refused', statement: results.length };
      results.push(result);
    }
  } catch (error) {
    if (isDatabaseFault(error)) throw error;
    return { kind: 'failed', code: codeOf(error), message: messageOf(error) };
  }
  return { kind: 'written', results };
}

function runStatement(connection: Connection, { sql, values }: UnitStatement): WireResult {
  const statement = connection.prepare(sql);
  return statement.reader ? statement.all(...values) : statement.run(...values).changes;
}

function answerRead(connection: Connection, unit: Unit): Answer {
  try {
    return runStatements(connection, unit);
  } catch (error) {
    return unavailable(error);
  }
}

/** Faults of the disk, the file or another process, as opposed to those of the statement (https://sqlite.org/rescode.html). */
const DATABASE_FAULT =
  /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|NOMEM|BUSY|LOCKED|PROTOCOL|INTERRUPT|PERM)(_|$)/;

function isDatabaseFault(error: unknown): boolean {
  return DATABASE_FAULT.test(codeOf(error));
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
