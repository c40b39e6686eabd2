import { expect, test } from '@jest/globals';

import { exampleCall } from '../../support/call.ts';
import { createMemoryLedger, createMemorySandboxStore } from '../../support/memory-crm.ts';
import { createSyncWorld } from '../../support/sync-world.ts';

/*
 * The first thing a person is known by may change while the fate of their contact is open: a later event tells the
 * external id, or another call of theirs does not.
 */

const byPhone = exampleCall({ contact: {} });
const byExternalId = exampleCall({ contact: { external_id: 'E1' } });
const otherByPhone = exampleCall({ provider_call_id: 'call_later', contact: {} });

test.each([
  ['the call grew', byPhone, byExternalId],
  ['another call knows less', byExternalId, otherByPhone],
])('a contact whose create was lost is found by whatever is known of the person: %s', async (_what, first, second) => {
  const world = createSyncWorld({ ledger: createMemoryLedger(), sandboxStore: createMemorySandboxStore() });
  world.faults = ['none', 'lost_after'];
  if (first === byExternalId) world.faults.unshift('none');
  expect(await world.sync(first)).toMatchObject({ kind: 'stopped' });
  expect(await world.records('contact')).toHaveLength(1);
  expect(await world.sync(second)).toMatchObject({ kind: 'finished' });
  expect(await world.records('contact')).toHaveLength(1);
});
