import { LedgerUnavailableError } from '../ledger/ledger-unavailable-error.ts';
import { LedgerUnusableError } from '../ledger/ledger-unusable-error.ts';

/** What an operator can do about an error of the system, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program listens there, perhaps another daemon: stop it, or choose another port.',
  EADDRNOTAVAIL: 'This machine has no such address: HOST and ADMIN_HOST name one of its own, or 0.0.0.0.',
  EACCES: 'This user may not do that.',
  SQLITE_NOTADB: 'Something else stands in the place of the ledger: move it away, or set DATA_DIR.',
  SQLITE_CORRUPT: 'The file is damaged: move it away and restore it from a backup.',
  SQLITE_FULL: 'The disk is full: make room, then try again.',
  SQLITE_READONLY: 'The file cannot be written: see who owns it.',
  SQLITE_BUSY: 'Another process writes for too long: try again.',
};

/** By SQLSTATE or the system's word; https://www.postgresql.org/docs/15/errcodes-appendix.html */
const POSTGRES_REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: is PostgreSQL running, and does DATABASE_URL name its host and port?',
  ENOTFOUND: 'There is no such host: see DATABASE_URL.',
  TIMEOUT: 'It does not answer: a firewall, or a server with too much to do.',
  '28P01': 'User or password of DATABASE_URL are wrong; special characters have to be percent-encoded.',
  '28000': 'pg_hba.conf of the server does not let this user in from here.',
  '3D000': 'Make the database first (create database …), or correct its name in DATABASE_URL.',
  '42501': 'The user of DATABASE_URL may not make tables there: grant create on schema public to it.',
  '53300': 'The server has no connection left: raise its max_connections.',
};

/**
 * An error of the system (a port, a file, the disk) as lines for the operator: what was tried, why it failed, what helps.
 * Null for anything else: that is a defect of ours, whose stack is wanted.
 */
export function explainSystemError(error: unknown): string | null {
  if (error instanceof LedgerUnusableError || error instanceof LedgerUnavailableError) return explainLedger(error);
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error && chain.length < 5; cause = cause.cause) chain.push(cause);
  const code = chain.map(codeOf).find((found) => found !== null);
  if (code === undefined) return null;
  const [what = '', ...causes] = chain.map(({ message }) => message);
  const news = causes.filter((message) => !what.includes(message));
  return [
    what,
    ...news.map((message) => `  ${message}`),
    ...(REMEDIES[code] === undefined ? [] : [REMEDIES[code]]),
  ].join('\n');
}

function explainLedger({ message, cause }: Error): string {
  const remedy = cause instanceof LedgerUnavailableError ? POSTGRES_REMEDIES[cause.code] : undefined;
  return remedy === undefined ? message : `${message}\n${remedy}`;
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' && /^(?:E(?!RR_)[A-Z0-9]+|SQLITE_\w+)$/.test(error.code)
    ? error.code
    : null;
}
