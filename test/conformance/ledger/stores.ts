import { describe, expect, test } from '@jest/globals';

import type { Link } from '../../../src/ledger/ledger.ts';
import type { SandboxRecord } from '../../../src/ledger/sandbox-store.ts';
import type { OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

const LINK: Link = {
  destination: 'crm',
  kind: 'contact',
  key: 'phone:+12025550143',
  state: 'linked',
  recordId: '7',
  hash: null,
  stamps: { email: { hash: 'h', asOf: '2026-11-20T12:00:00.000Z tracking/c1' } },
  updatedAtMs: 5,
};

export function describeStores(open: OpenLedgerHarness): void {
  describe('links', () => {
    const world = useWorld(open);

    test('are found by destination, kind and key, replaced whole, and removed', async () => {
      const { ledger } = world().harness;
      const call = { ...LINK, kind: 'call', key: 'tracking/c1' } as const;
      await ledger.saveLinks([LINK, call, { ...LINK, destination: 'other', recordId: '8' }]);
      const keys = [LINK, call, { kind: 'task', key: LINK.key } as const];
      expect(await ledger.findLinks('crm', keys)).toHaveLength(2);
      expect(await ledger.findLinks('crm', [])).toEqual([]);
      const intent = { ...LINK, state: 'intent', recordId: null, hash: 'h2', stamps: {} } as const;
      await ledger.saveLink(intent);
      await world().harness.reopen();
      const after = world().harness.ledger;
      expect(await after.findLinks('crm', [LINK])).toEqual([intent]);
      await after.removeLink('crm', 'contact', LINK.key);
      expect(await after.findLinks('crm', [LINK])).toEqual([]);
      expect(await after.findLinks('other', [LINK])).toHaveLength(1);
    });
  });

  describe('the history of a person', () => {
    const world = useWorld(open);

    test('is counted over all sources, by the time of the calls', async () => {
      const { harness, record, fold } = world();
      const fields = { customer_number: '+1', status: 'completed' } as const;
      await record({ call: 'c1', fields: { ...fields, started_at: '2026-11-20T10:00:00Z' } });
      await record({
        call: 'c2',
        source: 'other',
        fields: { ...fields, started_at: '2026-11-19T10:00:00Z', status: 'busy' },
      });
      await record({ call: 'c3', fields: { ...fields, customer_number: '+2' } });
      await fold();
      expect(await harness.ledger.personHistory('+1')).toEqual({
        total_calls: 2,
        first_call_at: '2026-11-19T10:00:00Z',
        last_call_at: '2026-11-20T10:00:00Z',
        completed_calls: 1,
      });
      expect(await harness.ledger.personHistory('+3')).toMatchObject({
        total_calls: 0,
        first_call_at: null,
        completed_calls: 0,
      });
    });
  });

  describe('what destinations keep', () => {
    const world = useWorld(open);

    test('pauses and secrets survive a restart', async () => {
      const { harness } = world();
      const pause = { destination: 'crm', reason: 'quota', hint: null, sinceMs: 1, untilMs: null };
      await harness.ledger.savePause({ ...pause, untilMs: 9 });
      await harness.ledger.savePause(pause);
      await harness.ledger.saveSecret('crm', { token: 'old' });
      await harness.ledger.saveSecret('crm', { token: 'new' });
      await harness.reopen();
      expect(await harness.ledger.pauses()).toEqual([pause]);
      expect(await harness.ledger.loadSecret('crm')).toEqual({ token: 'new' });
      expect(await harness.ledger.loadSecret('other')).toBeNull();
      await harness.ledger.clearPause('crm');
      expect(await harness.ledger.pauses()).toEqual([]);
    });
  });

  describeSandboxStore(open);
}

function describeSandboxStore(open: OpenLedgerHarness): void {
  describe('the sandbox store', () => {
    const world = useWorld(open);
    const record: SandboxRecord = {
      id: 'rec_1',
      kind: 'contact',
      key: 'phone:+1',
      contactId: null,
      createdAtMs: 1,
      updatedAtMs: 1,
      fields: { phone: '+1', name: 'Dana', tags: ['a'] },
    };

    test('keeps one record per key, however many writers race', async () => {
      const { sandbox } = world().harness.ledger;
      const writes = await Promise.all(
        ['rec_1', 'rec_2', 'rec_3'].map((id) => sandbox.insertRecord('crm', { ...record, id })),
      );
      expect(writes.filter((write) => write.inserted)).toHaveLength(1);
      expect(new Set(writes.map((write) => write.record.id)).size).toBe(1);
      expect(await sandbox.listRecords('crm', 'contact', 10)).toHaveLength(1);
      expect((await sandbox.insertRecord('other', { ...record, id: 'rec_9' })).inserted).toBe(true);
    });

    test('finds by exact value, also after it changed', async () => {
      const { sandbox } = world().harness.ledger;
      await sandbox.insertRecord('crm', record);
      expect(await sandbox.findByField('crm', 'contact', 'phone', '+1')).toEqual([record]);
      expect(await sandbox.findByField('crm', 'contact', 'phone', '+')).toEqual([]);
      expect(await sandbox.findByField('crm', 'call', 'phone', '+1')).toEqual([]);
      const updated = await sandbox.updateRecord('crm', {
        id: 'rec_1',
        fields: { phone: '+2' },
        contactId: null,
        atMs: 2,
      });
      expect(updated).toEqual({ ...record, fields: { ...record.fields, phone: '+2' }, updatedAtMs: 2 });
      expect(await sandbox.findByField('crm', 'contact', 'phone', '+1')).toEqual([]);
      expect(await sandbox.findByKey('crm', 'contact', 'phone:+1')).toEqual(updated);
    });

    test('remembers every change of every field, and nothing that stayed', async () => {
      const { sandbox } = world().harness.ledger;
      await sandbox.insertRecord('crm', record);
      await sandbox.updateRecord('crm', {
        id: 'rec_1',
        fields: { name: 'Dana', tags: ['b'] },
        contactId: 'rec_0',
        atMs: 2,
      });
      const changes = await sandbox.history('crm', 'rec_1');
      expect(changes).toHaveLength(4);
      expect(changes.at(-1)).toEqual({
        recordId: 'rec_1',
        kind: 'contact',
        field: 'tags',
        before: ['a'],
        after: ['b'],
        atMs: 2,
      });
      expect(await sandbox.updateRecord('crm', { id: 'rec_x', fields: {}, contactId: null, atMs: 3 })).toBeNull();
      expect(await sandbox.getRecord('other', 'rec_1')).toBeNull();
    });

    test('updates that race are all in the end', async () => {
      const { sandbox } = world().harness.ledger;
      await sandbox.insertRecord('crm', record);
      const names = Array.from({ length: 8 }, (_, index) => `field${index}`);
      await Promise.all(
        names.map((name) =>
          sandbox.updateRecord('crm', { id: 'rec_1', fields: { [name]: 1 }, contactId: null, atMs: 2 }),
        ),
      );
      expect(Object.keys((await sandbox.getRecord('crm', 'rec_1'))?.fields ?? {})).toEqual(
        expect.arrayContaining(names),
      );
    });
  });
}
