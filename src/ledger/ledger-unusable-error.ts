/** The ledger is there and cannot be used as it is: a person has to act, and the message says what to do. */
export class LedgerUnusableError extends Error {
  override readonly name = 'LedgerUnusableError';
}
