import { expect, test } from '@jest/globals';

import { exampleCall } from '../../support/call.ts';
import { createMemoryLedger, createMemorySandboxStore } from '../../support/memory-crm.ts';
import { Crash, createSyncWorld, type Fault, type SyncWorld } from '../../support/sync-world.ts';

/*
 * The story: an update was sent and its answer never came (or the daemon was killed). The links still told what had been
 * written before it. Before the retry, another call of the same person, newer, wanted exactly that earlier value: "same",
 * nothing was sent, and the value of the older call stayed in the CRM for good. `npm run proof:kill` met it in one of some
 * hundred kills.
 */

const older = (outcomes: { interested?: boolean }): ReturnType<typeof exampleCall> => exampleCall({ outcomes });
const newer = exampleCall({
  provider_call_id: 'call_later',
  started_at: '2026-11-20T12:55:00Z',
  ended_at: '2026-11-20T12:58:00Z',
  outcomes: {},
});

function open(config = {}): SyncWorld {
  return createSyncWorld({ ledger: createMemoryLedger(), sandboxStore: createMemorySandboxStore() }, config);
}

/** Syncs with this fault on the first request; a crash ends the process. */
async function syncWith(world: SyncWorld, fault: Fault, call: ReturnType<typeof exampleCall>): Promise<void> {
  world.faults = [fault];
  try {
    expect((await world.sync(call)).kind).toBe('stopped');
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    world.restart();
  }
}

const FAULTS = ['lost_before', 'lost_after', 'crash_before', 'crash_after'] as const;

test.each(FAULTS)('a newer call that wants the value from before the update gets it (%s)', async (fault) => {
  const world = open({ contact: { fields: { note: '{{ call.summary }}' } } });
  await world.sync(exampleCall({ summary: 'First.' }));
  await syncWith(world, fault, exampleCall({ summary: 'Second.' }));
  await world.sync({ ...newer, summary: 'First.' });
  await world.sync(exampleCall({ summary: 'Second.' }));
  expect((await world.records('contact'))[0]?.fields).toMatchObject({ note: 'First.' });
});

test.each(FAULTS)('a call that takes its change back is written back (%s)', async (fault) => {
  const world = open({ contact: false });
  await world.sync(exampleCall({ summary: 'First.' }));
  await syncWith(world, fault, exampleCall({ summary: 'Second.' }));
  await world.sync(exampleCall({ summary: 'First.' }));
  expect((await world.records('call'))[0]?.fields).toMatchObject({ summary: 'First.' });
});

test.each(FAULTS)('fill_if_empty still knows its own value and corrects it (%s)', async (fault) => {
  const fields = { note: { value: '{{ call.summary }}', write: 'fill_if_empty' } };
  const world = open({ contact: false, call: { fields } });
  await world.sync(exampleCall({ summary: 'First.' }));
  // The read goes well, the write does not.
  world.faults = ['none', fault];
  await world.sync(exampleCall({ summary: 'Second.' })).catch(() => world.restart());
  await world.sync(exampleCall({ summary: 'Third.' }));
  expect((await world.records('call'))[0]?.fields).toMatchObject({ note: 'Third.' });
});

test.each(FAULTS)('an older call does not undo the newer one whose update is still open (%s)', async (fault) => {
  const world = open();
  await world.sync(older({}));
  await syncWith(world, fault, { ...newer, outcomes: { interested: false } });
  await world.sync(older({ interested: true }));
  await world.sync({ ...newer, outcomes: { interested: false } });
  expect((await world.records('contact'))[0]?.fields).toMatchObject({ status: 'not_interested' });
});

test('an update that was never sent leaves nothing open: what is there counts as there', async () => {
  const world = open({ contact: false });
  await world.sync(exampleCall({ summary: 'First.' }));
  await syncWith(world, 'refused', exampleCall({ summary: 'Second.' }));
  world.requests.length = 0;
  const result = await world.sync(exampleCall({ summary: 'First.' }));
  expect(result.report.records.map(({ action }) => action)).toEqual(['unchanged']);
  expect(world.requests).toEqual([]);
});
