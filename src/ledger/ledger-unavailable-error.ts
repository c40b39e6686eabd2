/**
 * The ledger could not do what was asked: the disk is full or failing, the file is locked, or too much waits already.
 * Nothing of the call that got it was kept, except when the fate of a commit is unknown; then a repeated delivery is
 * answered "duplicate". The ledger recovers by itself; the caller may try again later.
 */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
  /**
   * SQLite's word for it (`SQLITE_FULL`), PostgreSQL's (`53100`, `57P01`), the system's (`ECONNREFUSED`), or ours:
   * `OVERLOADED`, `TIMEOUT`, `CONNECTION_LOST`, `THREAD_DIED`, `CLOSED`.
   */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
