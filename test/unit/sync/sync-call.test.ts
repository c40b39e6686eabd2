import { describe, expect, test } from '@jest/globals';

import type { Destination } from '../../../src/destinations/destination.ts';
import type { Call } from '../../../src/domain/call.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { RecordReport, SyncResult } from '../../../src/sync/sync.ts';
import { exampleCall } from '../../support/call.ts';
import { createMemoryLedger, createMemorySandboxStore, type MemorySandboxStore } from '../../support/memory-crm.ts';
import { createSyncWorld, type SyncWorld } from '../../support/sync-world.ts';

interface Opened {
  readonly world: SyncWorld;
  readonly store: MemorySandboxStore;
  readonly links: () => readonly string[];
}

function open(config: JsonObject = {}, change?: (destination: Destination) => Destination): Opened {
  const ledger = createMemoryLedger();
  const store = createMemorySandboxStore();
  const world = createSyncWorld({ ledger, sandboxStore: store }, config, change);
  return {
    world,
    store,
    links: () => [...ledger.links.values()].map(({ state, kind, key }) => `${state} ${kind} ${key}`),
  };
}

async function addContact({ store }: Opened, id: string, fields: JsonObject): Promise<void> {
  const at = { createdAtMs: Number(id), updatedAtMs: 0 };
  await store.insertRecord('crm', { id, kind: 'contact', key: `made by hand ${id}`, contactId: null, fields, ...at });
}

function reportOf(result: SyncResult, kind: RecordReport['kind']): RecordReport {
  const report = result.report.records.find((record) => record.kind === kind);
  if (report === undefined) throw new Error(`no ${kind} in the report`);
  return report;
}

const writes = (world: SyncWorld): readonly string[] =>
  world.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);

/** A second call of the same person, an hour later. */
const laterCall = (difference: Partial<Call> = {}): Call =>
  exampleCall({
    provider_call_id: 'call_later',
    started_at: '2026-11-20T12:55:00Z',
    ended_at: '2026-11-20T12:58:00Z',
    ...difference,
  });

describe('the plain way', () => {
  test('`- sync: sandbox` alone makes a contact with its call, and a second time does nothing', async () => {
    const { world, links } = open();
    const first = await world.sync(exampleCall());
    expect(first.kind).toBe('finished');
    expect(reportOf(first, 'contact')).toMatchObject({ action: 'created', how: 'created: no match' });
    const [contact] = await world.records('contact');
    expect(contact?.fields).toMatchObject({ phone: '+12025550143', name: 'Dana Reed', status: 'interested' });
    expect(await world.records('call')).toMatchObject([{ contactId: contact?.id, fields: { duration_s: 182 } }]);
    expect(links().toSorted()).toEqual([
      'linked call callab/call_5b81e2',
      'linked contact call:callab/call_5b81e2',
      'linked contact email:dana.reed@example.com',
      'linked contact phone:+12025550143',
      `linked contact record:${contact?.id}`,
    ]);
    world.requests.length = 0;
    const second = await world.sync(exampleCall());
    expect(second.report.records.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    expect(world.requests).toEqual([]);
  });

  test('an update sends what changed and nothing else', async () => {
    const { world } = open();
    await world.sync(exampleCall({ summary: null }));
    const second = await world.sync(exampleCall({ summary: 'Wants a demo.' }));
    const written = reportOf(second, 'call').fields.filter(({ action }) => action === 'write');
    expect(written).toMatchObject([{ field: 'summary', after: 'Wants a demo.' }]);
  });

  test('what a call does not know blanks nothing', async () => {
    const { world } = open();
    await world.sync(exampleCall());
    const result = await world.sync(laterCall({ summary: null, contact: {} }));
    expect(reportOf(result, 'contact').fields).toContainEqual({
      field: 'company',
      after: null,
      action: 'dropped',
      reason: 'no value',
      empty: true,
    });
    expect((await world.records('contact'))[0]?.fields).toMatchObject({ company: 'Northwind Example' });
  });

  test('one task per call and step, changed with the call', async () => {
    const { world } = open({ task: { subject: '{{ outcomes.next_action }}', due: '{{ outcomes.appointment_date }}' } });
    expect(reportOf(await world.sync(exampleCall()), 'task')).toMatchObject({
      action: 'skipped',
      how: 'it has no subject',
    });
    const outcomes = { next_action: 'Demo', appointment_date: '2026-11-27T14:00:00Z' };
    await world.sync(exampleCall({ outcomes }));
    await world.sync(exampleCall({ outcomes: { ...outcomes, next_action: 'Long demo' } }));
    expect(await world.records('task')).toMatchObject([
      { key: 'callab/call_5b81e2#Keep CRM in step#0', fields: { subject: 'Long demo', due: '2026-11-27T14:00:00Z' } },
    ]);
  });

  test('`contact: false` writes the call by itself', async () => {
    const { world } = open({ contact: false });
    await world.sync(exampleCall());
    expect(await world.records('contact')).toEqual([]);
    expect(await world.records('call')).toMatchObject([{ contactId: null }]);
  });

  test('force writes what looks unchanged', async () => {
    const { world } = open();
    await world.sync(exampleCall());
    const result = await world.sync(exampleCall(), { force: true });
    expect(result.report.records.map(({ action }) => action)).toEqual(['updated', 'updated']);
  });
});

describe('whose call it is', () => {
  test('a contact that is there is taken, by phone, and only what differs is written', async () => {
    const opened = open();
    await addContact(opened, '7', { phone: '+12025550143', company: 'Northwind Example' });
    const result = await opened.world.sync(exampleCall());
    expect(reportOf(result, 'contact')).toMatchObject({ recordId: '7', action: 'updated', how: 'phone' });
    expect(reportOf(result, 'contact').fields).toContainEqual({
      field: 'company',
      before: 'Northwind Example',
      after: 'Northwind Example',
      action: 'same',
    });
  });

  test('a hit that carries another number is no hit', async () => {
    const opened = open({}, (destination) => ({
      ...destination,
      findContacts: async ({ by }) => ({
        kind: 'ok',
        value: by === 'phone' ? [{ id: '9', fields: {}, phones: ['+442025550143'], createdAt: null }] : [],
      }),
    }));
    const result = await opened.world.sync(exampleCall());
    expect(reportOf(result, 'contact')).toMatchObject({
      action: 'created',
      how: 'created: no match (1 found by the search carry other numbers)',
    });
  });

  test('phone on one record, email on another: told, and the email stays where it is', async () => {
    const opened = open();
    await addContact(opened, '1', { phone: '+12025550143' });
    await addContact(opened, '2', { email: 'dana.reed@example.com' });
    const result = await opened.world.sync(exampleCall());
    const report = reportOf(result, 'contact');
    expect(report).toMatchObject({ recordId: '1', how: 'phone; email matches 2 instead' });
    expect(report.fields).toContainEqual({
      field: 'email',
      after: 'dana.reed@example.com',
      action: 'dropped',
      reason: 'it belongs to contact 2',
    });
    expect((await opened.store.getRecord('crm', '1'))?.fields).not.toHaveProperty('email');
  });

  test('several with one number: newest, oldest, or a person decides', async () => {
    for (const [policy, id] of [
      ['newest', '2'],
      ['oldest', '1'],
    ] as const) {
      const opened = open({ contact: { match: ['phone'], on_many_matches: policy } });
      await addContact(opened, '1', { phone: '+12025550143' });
      await addContact(opened, '2', { phone: '+12025550143' });
      expect(reportOf(await opened.world.sync(exampleCall()), 'contact').recordId).toBe(id);
    }
    const opened = open({ contact: { on_many_matches: 'hold' } });
    await addContact(opened, '1', { phone: '+12025550143' });
    await addContact(opened, '2', { phone: '+12025550143' });
    expect(await opened.world.sync(exampleCall())).toMatchObject({
      kind: 'stopped',
      outcome: { kind: 'held', reason: 'several contacts may be meant: phone +12025550143 matches 1, 2' },
    });
    expect(writes(opened.world)).toEqual([]);
  });

  test('nobody: skip leaves everything, hold waits for a person', async () => {
    const skip = open({ contact: { on_no_match: 'skip' } });
    const result = await skip.world.sync(exampleCall());
    expect(result.report.records.map(({ kind, action }) => [kind, action])).toEqual([
      ['contact', 'skipped'],
      ['call', 'skipped'],
    ]);
    const hold = open({ contact: { on_no_match: 'hold' } });
    expect(await hold.world.sync(exampleCall())).toMatchObject({ kind: 'stopped', outcome: { kind: 'held' } });
    expect([...writes(skip.world), ...writes(hold.world)]).toEqual([]);
  });

  test('an anonymous caller gets no placeholder, and the call is kept all the same', async () => {
    const { world } = open();
    const result = await world.sync(exampleCall({ customer_number: null, contact: {} }));
    expect(reportOf(result, 'contact')).toMatchObject({ action: 'skipped' });
    expect(await world.records('contact')).toEqual([]);
    expect(await world.records('call')).toMatchObject([{ contactId: null }]);
  });

  test('when a later event says who it was, the call is attached', async () => {
    const { world } = open();
    await world.sync(exampleCall({ customer_number: null, contact: {} }));
    await world.sync(exampleCall({ customer_number: null }));
    const [contact] = await world.records('contact');
    expect(await world.records('call')).toMatchObject([{ contactId: contact?.id }]);
  });

  test('a call between our own numbers is nobody’s', async () => {
    const { world } = open();
    await world.sync(exampleCall({ customer_number: '+12025550110', contact: {} }));
    expect(await world.records('contact')).toEqual([]);
  });

  test('a destination that keeps calls only on contacts is not asked to keep one without', async () => {
    const { world } = open({}, (destination) => ({ ...destination, needsContact: ['call'] }));
    const result = await world.sync(exampleCall({ customer_number: null, contact: {} }));
    expect(reportOf(result, 'call')).toMatchObject({
      action: 'skipped',
      how: 'crm keeps a call only on a contact, and there is none',
    });
  });

  test('a call keeps its person even when its email turns out to be somebody else’s', async () => {
    const opened = open();
    await opened.world.sync(exampleCall({ contact: {} }));
    await addContact(opened, '99', { email: 'dana.reed@example.com' });
    const [first] = await opened.world.records('call');
    const result = await opened.world.sync(exampleCall());
    expect(reportOf(result, 'contact').recordId).toBe(first?.contactId);
    expect(await opened.world.records('call')).toMatchObject([{ contactId: first?.contactId }]);
  });
});

describe('when things go wrong', () => {
  test('a contact deleted in the CRM is looked up anew, once, and its links follow', async () => {
    const opened = open();
    await opened.world.sync(exampleCall());
    const [gone] = await opened.world.records('contact');
    opened.store.remove(gone?.id ?? '');
    await addContact(opened, '50', { phone: '+12025550143' });
    const result = await opened.world.sync(laterCall());
    expect(reportOf(result, 'contact')).toMatchObject({ recordId: '50', how: 'phone' });
    expect(opened.links()).not.toContain(`linked contact record:${gone?.id}`);
    expect(opened.links()).toContain('linked contact record:50');
  });

  test('a call record deleted in the CRM is made again when the call grew', async () => {
    const opened = open();
    await opened.world.sync(exampleCall({ summary: null }));
    opened.store.remove((await opened.world.records('call'))[0]?.id ?? '');
    const result = await opened.world.sync(exampleCall());
    expect(reportOf(result, 'call')).toMatchObject({ action: 'created' });
    expect(await opened.world.records('call')).toHaveLength(1);
  });

  test('refused: nothing was written, and no intent stays behind', async () => {
    const { world, links } = open({ contact: false });
    world.faults = ['refused'];
    expect(await world.sync(exampleCall())).toMatchObject({
      kind: 'stopped',
      outcome: { kind: 'retry', reason: 'connection refused' },
    });
    expect(links()).toEqual([]);
  });

  test('an answer that never came: the next try looks first and finds it', async () => {
    const { world, links } = open({ contact: false });
    world.faults = ['lost_after'];
    expect(await world.sync(exampleCall())).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
    expect(links()).toEqual(['intent call callab/call_5b81e2']);
    const second = await world.sync(exampleCall());
    expect(reportOf(second, 'call')).toMatchObject({
      action: 'unchanged',
      how: 'looked up after a write of unknown fate',
    });
    expect(await world.records('call')).toHaveLength(1);
  });

  test('where nobody can look, a person decides; force writes again', async () => {
    const { world, links } = open({ contact: false }, (destination) => ({
      ...destination,
      recover: async () => ({ kind: 'unknowable' }),
    }));
    world.faults = ['lost_before'];
    await world.sync(exampleCall());
    const held = await world.sync(exampleCall());
    expect(held).toMatchObject({
      kind: 'stopped',
      outcome: { kind: 'held', hint: expect.stringContaining('--force') },
    });
    expect(links()).toEqual(['intent call callab/call_5b81e2']);
    expect(await world.sync(exampleCall(), { force: true })).toMatchObject({ kind: 'finished' });
    expect(links()).toEqual(['linked call callab/call_5b81e2']);
  });

  test('where repeating does no harm, it is repeated, and a refusal on the way keeps the intent', async () => {
    const { world, links } = open({ contact: false }, (destination) => ({
      ...destination,
      recover: async () => ({ kind: 'repeatable' }),
    }));
    world.faults = ['lost_before', 'refused'];
    await world.sync(exampleCall());
    await world.sync(exampleCall());
    expect(links()).toEqual(['intent call callab/call_5b81e2']);
    expect(await world.sync(exampleCall())).toMatchObject({ kind: 'finished' });
    expect(await world.records('call')).toHaveLength(1);
  });

  test('what is written once is not written again', async () => {
    const { world } = open({}, (destination) => ({ ...destination, appendOnly: ['call'] }));
    await world.sync(exampleCall({ summary: null }));
    const result = await world.sync(exampleCall());
    expect(reportOf(result, 'call')).toMatchObject({ action: 'unchanged', how: 'link; a call is written once here' });
  });
});

describe('preview', () => {
  test('tells every field and request, and leaves CRM and links alone', async () => {
    const opened = open();
    await addContact(opened, '7', { phone: '+12025550143', company: 'Old' });
    const result = await opened.world.sync(exampleCall(), { mode: 'preview' });
    expect(reportOf(result, 'contact').fields).toContainEqual({
      field: 'company',
      before: 'Old',
      after: 'Northwind Example',
      action: 'write',
    });
    expect(
      result.requests.filter(({ effect }) => effect === 'write').map(({ method, error }) => [method, error]),
    ).toEqual([
      ['PATCH', 'not sent: preview'],
      ['POST', 'not sent: preview'],
    ]);
    expect(writes(opened.world)).toEqual([]);
    expect(opened.links()).toEqual([]);
  });

  test('of a new person: everything would be created', async () => {
    const { world } = open({}, (destination) => ({ ...destination, needsContact: ['call'] }));
    const result = await world.sync(exampleCall(), { mode: 'preview' });
    expect(result.report.records.map(({ kind, action, recordId }) => [kind, action, recordId])).toEqual([
      ['contact', 'created', null],
      ['call', 'created', null],
    ]);
  });
});
