import { expect, test } from '@jest/globals';

import { createTokenKeeper, type TokenKeeper } from '../../../src/destinations/token-keeper.ts';
import { createMemorySecrets } from '../../support/build-rest.ts';
import { createTestContext } from '../../support/destination-context.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

const context = createTestContext({ send: () => Promise.reject(new Error('nothing is sent here')) });

function open(clock: ManualClock): TokenKeeper {
  let number = 0;
  return createTokenKeeper({
    dependencies: { clock, secrets: createMemorySecrets() },
    identity: ['client'],
    fetch: () =>
      Promise.resolve({
        accessToken: `token-${(number += 1)}`,
        refreshToken: null,
        expiresInSeconds: null,
        instanceUrl: null,
      }),
    refusedHint: 'look at the policies',
  });
}

test('a token that is refused the moment it was given in place of another is not replaced again', async () => {
  const clock = createManualClock();
  const keeper = open(clock);
  await keeper.usable(context);
  expect(await keeper.renewed('token-1', context)).toMatchObject({ accessToken: 'token-2' });
  clock.advance(9_999);
  expect(await keeper.renewed('token-2', context)).toMatchObject({ kind: 'paused', hint: 'look at the policies' });
  clock.advance(1);
  expect(await keeper.renewed('token-2', context)).toMatchObject({ accessToken: 'token-3' });
});

test('a clock that was an hour ahead when a token was renewed makes no hour of moments', async () => {
  const clock = createManualClock();
  const keeper = open(clock);
  await keeper.usable(context);
  clock.advance(3_600_000);
  await keeper.renewed('token-1', context);
  clock.advance(-3_600_000);
  expect(await keeper.renewed('token-2', context)).toMatchObject({ accessToken: 'token-3' });
});
