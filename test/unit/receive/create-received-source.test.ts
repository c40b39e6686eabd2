import { expect, test } from '@jest/globals';

import { receivedSource } from '../../support/sources.ts';

const NETWORKS = { allow_ips: ['203.0.113.0/24'] };

test.each([
  ['an address list alone', { platform: 'callscaler', ...NETWORKS }, true],
  ['a token beside it', { platform: 'callscaler', ...NETWORKS, token: 'a'.repeat(22) }, false],
  ['a secret beside it', { platform: 'callab', ...NETWORKS, secrets: ['s'] }, false],
  ['a header beside it', { platform: 'callab', ...NETWORKS, auth: { type: 'bearer', token: 't' } }, false],
])('%s: is the address the only proof?', (_name, config, isOnly) => {
  expect(receivedSource('shop', config).addressIsOnlyProof).toBe(isOnly);
});
