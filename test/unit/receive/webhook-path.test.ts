import { expect, test } from '@jest/globals';

import { readPlainWebhookPath } from '../../../src/receive/webhook-path.ts';

test.each([
  ['/webhooks/callab', 'callab', null],
  ['/webhooks/callab/', 'callab', null],
  ['/webhooks/callab/k7Qd0vXh2', 'callab', 'k7Qd0vXh2'],
  ['/webhooks/callab/k7Qd0vXh2/', 'callab', 'k7Qd0vXh2'],
  ['/webhooks/callab?a=1/2', 'callab', null],
  ['/webhooks/callab/?a=%41', 'callab', null],
  ['/webhooks/__proto__', '__proto__', null],
])('%s names source %s and token %s', (url, source, token) => {
  expect(readPlainWebhookPath(url)).toEqual({ source, token });
});

test.each([
  '/webhooks',
  '/webhooks/',
  '/webhooks//callab',
  '/webhooks/?callab',
  '/webhooks/a/b/c',
  '/webhooks/a//',
  '/webhooks/a#b',
  // Express decodes these and then hands them to the same handler.
  '/webhooks/call%61b',
  '/webhooks/callab/%6b',
  '/Webhooks/callab',
  'http://host/webhooks/callab',
  '/x/webhooks/callab',
  '*',
  '',
])('%p is left to Express', (url) => {
  expect(readPlainWebhookPath(url)).toBeNull();
});
