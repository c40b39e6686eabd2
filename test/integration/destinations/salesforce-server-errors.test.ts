import { afterEach, expect, test } from '@jest/globals';

import { FAULTS } from '../../simulators/salesforce/index.ts';
import { caller } from '../../support/callers.ts';
import { openSalesforceWorld, type SalesforceWorld } from '../../support/salesforce-world.ts';

/*
 * `hookline torture --crm salesforce` made dead letters of everybody in a request that Salesforce answered with 500
 * "UNKNOWN_EXCEPTION: An unexpected error occurred. Please include this ErrorId": the code was read as that of a flow that fails
 * on one record. And a login that was refused without OAuth's own words ended in a TypeError.
 */

let world: SalesforceWorld;
afterEach(() => world.close());

const isOf = (operation: 'query' | 'write') => (request: { readonly path: string }) =>
  request.path.endsWith(operation === 'query' ? '/composite' : '/composite/sobjects');

test.each(['query', 'write'] as const)(
  'a 500 of the API itself to a %s is tried again, whoever was in the request',
  async (operation) => {
    world = await openSalesforceWorld();
    const { salesforce, sync } = world;
    await sync(caller(1));
    salesforce.fail({ fault: FAULTS.unexpected(), when: isOf(operation) });
    const results = await Promise.all([2, 3, 4].map((number) => sync(caller(number))));
    for (const result of results)
      expect(result).toMatchObject({ outcome: { kind: 'retry', reason: expect.stringContaining('500') } });
    await Promise.all([2, 3, 4].map((number) => sync(caller(number))));
    expect([salesforce.records('Lead').length, salesforce.records('Task').length]).toEqual([4, 4]);
  },
);

test('a login refused in other words than those of OAuth is told by its status', async () => {
  world = await openSalesforceWorld();
  const { salesforce, sync } = world;
  salesforce.fail({ fault: FAULTS.limited('daily'), when: ({ path }) => path.endsWith('/services/oauth2/token') });
  expect(await sync(caller(1))).toMatchObject({
    outcome: { kind: 'held', reason: expect.stringContaining('login → 403') },
  });
});
