import { expect, test } from '@jest/globals';

import { explainSystemError } from '../../../src/cli/explain-error.ts';

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });

test('what was tried, why it failed, what helps', () => {
  const error = new Error('Cannot listen on 0.0.0.0:8080 (HOST, PORT).', {
    cause: withCode('listen EADDRINUSE: address already in use 0.0.0.0:8080', 'EADDRINUSE'),
  });
  expect(explainSystemError(error)).toBe(
    [
      'Cannot listen on 0.0.0.0:8080 (HOST, PORT).',
      '  listen EADDRINUSE: address already in use 0.0.0.0:8080',
      'Another program listens there, perhaps another daemon: stop it, or choose another port.',
    ].join('\n'),
  );
});

test('a cause that the sentence quotes already is not said twice', () => {
  const cause = withCode('SQLITE_NOTADB: file is not a database', 'SQLITE_NOTADB');
  const error = new Error(`The ledger file /data/hookline.db cannot be opened: ${cause.message}`, { cause });
  expect(explainSystemError(error)?.split('\n')).toEqual([
    'The ledger file /data/hookline.db cannot be opened: SQLITE_NOTADB: file is not a database',
    expect.stringContaining('set DATA_DIR'),
  ]);
});

test('a code without advice is told all the same', () => {
  expect(explainSystemError(withCode('open EMFILE', 'EMFILE'))).toBe('open EMFILE');
});

test.each([
  new Error('a defect'),
  Object.assign(new TypeError('wrong argument'), { code: 'ERR_INVALID_ARG_TYPE' }),
  'a string',
])('a defect of ours is not explained away: %s', (error) => {
  expect(explainSystemError(error)).toBeNull();
});
