import { expect, test } from '@jest/globals';

import type { Destination, RecordWrite } from '../../../src/destinations/destination.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { exampleCall } from '../../support/call.ts';
import { createMemoryLedger, createMemorySandboxStore } from '../../support/memory-crm.ts';
import { createSyncWorld, type SyncWorld } from '../../support/sync-world.ts';

/*
 * The story: an update path with a typo is answered 404, and so is a note on a contact under a wrong path. Taken for "the
 * record was deleted", every returning caller got a second contact, and every new version of a call a second activity.
 */

type Write = (write: RecordWrite) => boolean;

/** A CRM that answers 404 to some writes, whatever is there. */
function open(isLost: Write, change: Partial<Destination> = {}, config: JsonObject = {}): SyncWorld {
  const stores = { ledger: createMemoryLedger(), sandboxStore: createMemorySandboxStore() };
  return createSyncWorld(stores, config, (destination) => ({
    ...destination,
    ...change,
    write: async (write, context) =>
      isLost(write) ? { kind: 'gone', reason: 'PATCH /typo → 404' } : destination.write(write, context),
  }));
}

const laterCall = exampleCall({ provider_call_id: 'call_later', ended_at: '2026-11-20T12:58:00Z' });
const grown = exampleCall({ summary: 'Grown.' });

test.each([
  ['its update', (write: RecordWrite) => write.kind === 'contact' && write.id !== null],
  ['a call on it', (write: RecordWrite) => write.kind === 'call' && write.key.endsWith('call_later')],
])('a contact that the search still shows is not made again when %s is answered 404', async (_what, isLost) => {
  const world = open(isLost);
  await world.sync(exampleCall());
  for (let time = 0; time < 3; time += 1) {
    expect(await world.sync(laterCall)).toMatchObject({
      kind: 'stopped',
      outcome: { kind: 'retry', reason: expect.stringContaining('still shows it') },
    });
  }
  expect(await world.records('contact')).toHaveLength(1);
});

test('a call record that the CRM still finds is not made again when its update is answered 404', async () => {
  const world = open((write) => write.kind === 'call' && write.id !== null);
  await world.sync(exampleCall({ summary: null }));
  for (let time = 0; time < 3; time += 1) {
    expect(await world.sync(grown)).toMatchObject({
      kind: 'stopped',
      outcome: { kind: 'retry', reason: expect.stringContaining('still finds it') },
    });
  }
  expect(await world.records('call')).toHaveLength(1);
});

test('where nobody can look for the call record, a person decides; force makes it again', async () => {
  const world = open((write) => write.kind === 'call' && write.id !== null, {
    recover: async () => ({ kind: 'unknowable' }),
  });
  await world.sync(exampleCall({ summary: null }));
  const held = await world.sync(grown);
  expect(held).toMatchObject({ kind: 'stopped', outcome: { kind: 'held', hint: expect.stringContaining('--force') } });
  expect(await world.records('call')).toHaveLength(1);
});
