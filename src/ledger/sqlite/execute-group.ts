import type { SqlValue, StatementResult } from '../database.ts';
import type { Connection } from './connection.ts';
import type { Answer, Group, GroupParameter, GroupStatement } from './messages.ts';
import type { Begin } from './take-turn.ts';

type Unit = readonly GroupStatement[];

/** Runs the units of a group in one transaction: one fsync for all of them, each failing alone. */
export function writeGroup(connection: Connection, group: Group, begin: Begin): readonly Answer[] {
  try {
    return commit(connection, group, { units: group.units, begin });
  } catch (error) {
    // One unit too big for a full disk must not take the others along, least of all a deletion that would make room.
    if (codeOf(error) === 'SQLITE_FULL')
      return group.units.map((unit) => commitAlone(connection, group, { units: [unit], begin }));
    return group.units.map(() => unavailable(error));
  }
}

/** Runs reads one by one; each sees everything committed before it began. */
export function readGroup(connection: Connection, group: Group): readonly Answer[] {
  return group.units.map((unit) => answerRead(connection, group, unit));
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

interface Transaction {
  readonly units: readonly Unit[];
  readonly begin: Begin;
}

function commitAlone(connection: Connection, group: Group, transaction: Transaction): Answer {
  try {
    return commit(connection, group, transaction)[0] ?? unavailable(new Error('no answer'));
  } catch (error) {
    return unavailable(error);
  }
}

function commit(connection: Connection, group: Group, { units, begin }: Transaction): readonly Answer[] {
  begin(connection);
  try {
    const answers = units.map((unit) => runUnit(connection, group, unit));
    connection.prepare('commit').run();
    return answers;
  } catch (error) {
    // Some faults (a full disk) have rolled back already.
    if (connection.inTransaction) connection.prepare('rollback').run();
    throw error;
  }
}

function runUnit(connection: Connection, group: Group, unit: Unit): Answer {
  // SQLite takes a single failed statement back by itself.
  const savepoint = unit.length > 1 || unit[0]?.[2] === true;
  if (savepoint) connection.prepare('savepoint unit').run();
  const answer = runStatements(connection, group, unit);
  if (savepoint) {
    if (answer.kind !== 'written') connection.prepare('rollback to unit').run();
    connection.prepare('release unit').run();
  }
  return answer;
}

function runStatements(connection: Connection, group: Group, unit: Unit): Answer {
  const results: StatementResult[] = [];
  try {
    for (const statement of unit) {
      const result = runStatement(connection, group, statement);
      if (statement[2] && result.changes === 0) return { kind: 'refused', statement: results.length };
      results.push(result);
    }
  } catch (error) {
    if (isDatabaseFault(error)) throw error;
    return { kind: 'failed', code: codeOf(error), message: messageOf(error) };
  }
  return { kind: 'written', results };
}

function runStatement(connection: Connection, group: Group, [text, parameters]: GroupStatement): StatementResult {
  const statement = connection.prepare(group.texts[text] ?? '');
  const values = parameters.map((parameter) => toValue(group, parameter));
  if (!statement.reader) return { changes: statement.run(...values).changes, rows: [] };
  const rows = statement.all(...values);
  return { changes: rows.length, rows };
}

function toValue({ bytes }: Group, parameter: GroupParameter): SqlValue {
  if (typeof parameter !== 'object' || parameter === null) return parameter;
  const [offset, length] = parameter;
  return Buffer.from(bytes.buffer, offset, length);
}

function answerRead(connection: Connection, group: Group, unit: Unit): Answer {
  try {
    return runStatements(connection, group, unit);
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
