import { expect, test } from '@jest/globals';

import { LedgerUnavailableError } from '../../../../src/ledger/ledger-unavailable-error.ts';
import { isStatementFault, toLedgerError } from '../../../../src/ledger/postgres/errors.ts';

/*
 * A worker wrote to a connection that a crashed PostgreSQL had closed. EPIPE has five letters, as an SQLSTATE has five
 * digits and letters, and so it was taken for the statement's own fault: not tried again, and not told as an outage.
 * `hookline torture --mode scaled` met it.
 */

test.each(['EPIPE', 'EBUSY', 'ECONNRESET'])('%s is the way to the server, not the statement', (code) => {
  const error = Object.assign(new Error(`write ${code}`), { code });
  expect(isStatementFault(error)).toBe(false);
  expect(toLedgerError(error, 'select 1')).toBeInstanceOf(LedgerUnavailableError);
});

test.each(['23505', '22P02', '42601', 'P0001'])('SQLSTATE %s is the statement', (code) => {
  const error = Object.assign(new Error('refused'), { code });
  expect(isStatementFault(error)).toBe(true);
});
