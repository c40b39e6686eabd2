import { LedgerUnavailableError } from '../ledger-unavailable-error.ts';

/** Deadlock, or a conflict of serializable transactions: everything was taken back, and it may be tried again. */
const CONFLICT = /^40(001|P01)$/;
/**
 * The server is away, full, told to stop, out of time, or broken (https://www.postgresql.org/docs/15/errcodes-appendix.html):
 * connection exceptions, read-only, idle in a transaction for too long, resources (disk full), operator intervention and
 * timeouts, system and internal errors.
 */
const SERVER_FAULT = /^(08|25006|25P03|53|55P03|57|58|XX|3D000|28|0A000)/;
/** Every SQLSTATE has a digit; the system's own words of five letters, such as EPIPE, have none. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** True when everything was taken back because of somebody else, and may be tried again. */
export function isConflict(error: unknown): boolean {
  return CONFLICT.test(sqlStateOf(error) ?? '') || isMeeting(error);
}

/** Two claims took a run of one person: the index that keeps promise 3 let only one of them through. */
function isMeeting(error: unknown): boolean {
  return sqlStateOf(error) === '23505' && (error as { readonly constraint?: unknown }).constraint === 'runs_person';
}

/** True for the statement's own fault: a constraint, a wrong parameter. Tried again, it would fail again. */
export function isStatementFault(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && !SERVER_FAULT.test(state) && !isConflict(error);
}

/** What the caller of the ledger gets: LedgerUnavailableError unless the statement itself is at fault. */
export function toLedgerError(error: unknown, sql: string): Error {
  if (error instanceof LedgerUnavailableError) return error;
  const message = messageOf(error);
  // Not the error of `pg` as cause: its `detail` quotes the row, and rows hold people.
  if (isStatementFault(error)) return new Error(`The ledger refused a statement: ${message} (${sql.slice(0, 500)})`);
  const code = codeOf(error);
  return new LedgerUnavailableError(code, `PostgreSQL cannot be used: ${code}: ${message}`);
}

function sqlStateOf(error: unknown): string | undefined {
  const code = errorCode(error);
  return code !== undefined && SQLSTATE.test(code) ? code : undefined;
}

/** SQLSTATE, else the system's word (`ECONNREFUSED`), else that the connection went away or gave no answer in time. */
function codeOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined) return code;
  return /timeout/i.test(messageOf(error)) ? 'TIMEOUT' : 'CONNECTION_LOST';
}

function errorCode(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
