import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import type { SandboxStore } from '../../../src/destinations/sandbox/store.ts';
import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createIds } from '../../../src/shared/ids.ts';
import { exampleCall } from '../../support/call.ts';
import { createSyncWorld, type SyncWorld } from '../../support/sync-world.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

type OpenLedger = Awaited<ReturnType<typeof openSqliteLedger>>;

let folder: TempFolder;
let ledger: OpenLedger;
let store: SandboxStore;
let world: SyncWorld;

async function open(): Promise<void> {
  ledger = await openSqliteLedger({
    file: join(folder.path, 'l.sqlite'),
    clock: systemClock,
    ids: createIds(systemClock),
  });
  // Assignable as it is: the two shapes are kept apart by the layers and together by this line.
  store = ledger.sandbox;
  world = createSyncWorld({ ledger, sandboxStore: store });
}

beforeEach(async () => {
  folder = createTempFolder('sandbox');
  await open();
});

afterEach(async () => {
  await ledger.close();
  folder.remove();
});

test('a call lands in the sandbox, survives a restart and is found again without a request', async () => {
  await world.sync(exampleCall());
  await ledger.close();
  await open();
  const result = await world.sync(exampleCall());
  expect(result.report.records.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
  expect(world.requests).toEqual([]);
  const [contact] = await world.records('contact');
  expect(contact?.fields).toMatchObject({ phone: '+12025550143', status: 'interested', total_calls: 1 });
  expect(await world.records('call')).toMatchObject([
    { contactId: contact?.id, fields: { outcomes: { interested: true } } },
  ]);
});

test('every change of a field is kept, one by one', async () => {
  await world.sync(exampleCall({ summary: 'First words.' }));
  await world.sync(exampleCall({ summary: 'Last words.' }));
  const [call] = await world.records('call');
  const changes = (await store.history('crm', call?.id ?? '')).filter(({ field }) => field === 'summary');
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [null, 'First words.'],
    ['First words.', 'Last words.'],
  ]);
});

test('each sandbox is a CRM of its own', async () => {
  await world.sync(exampleCall());
  const [contact] = await world.records('contact');
  expect(await store.listRecords('another', 'contact', 10)).toEqual([]);
  expect(await store.getRecord('another', contact?.id ?? '')).toBeNull();
  expect(await store.findByField('another', 'contact', 'phone', '+12025550143')).toEqual([]);
});

test('a preview against a sandbox writes nothing', async () => {
  const result = await world.sync(exampleCall(), { mode: 'preview' });
  expect(result.requests.map(({ method, status }) => [method, status])).toEqual([
    ['GET', 200],
    ['GET', 200],
    ['POST', null],
    ['POST', null],
  ]);
  expect(await world.records('contact')).toEqual([]);
});
