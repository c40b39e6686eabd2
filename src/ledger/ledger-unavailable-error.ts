/**
 * The ledger could not do what was asked: the disk is full or failing, the file is locked, or too much waits already.
 * Nothing of the call that got it was kept, except when the fate of a commit is unknown; then a repeated delivery is
 * answered "duplicate". The ledger recovers by itself; the caller may try again later.
 */
export class LedgerUnavailableError extends Error {
  override readonly name = 'LedgerUnavailableError';
  /** SQLite's word for it (`SQLITE_FULL`), `OVERLOADED`, `THREAD_DIED` or `CLOSED`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
