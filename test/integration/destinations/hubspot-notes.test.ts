import { expect, test } from '@jest/globals';

import type { SyncResult } from '../../../src/sync/sync.ts';
import { requestsOf, type HubSpot } from '../../simulators/hubspot/index.ts';
import { exampleCall } from '../../support/call.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openHubSpotWorld } from '../../support/hubspot-world.ts';

// HubSpot takes 65,536 characters in a property. A longer transcript goes on in notes on the same contact.

const open = closingAfterEach(openHubSpotWorld);

/** So many turns of a talk that stays recognisable after it was cut; each is 60 characters of HTML or so. */
const talk = (turns: number): string =>
  Array.from({ length: turns }, (_, turn) => `Customer: <b> & "turn ${turn}" of a long, long talk`).join('\n');

const long = (turns: number, rest: Parameters<typeof exampleCall>[0] = {}): ReturnType<typeof exampleCall> =>
  exampleCall({ transcript: talk(turns), ...rest });

const bodyOf = (hubspot: HubSpot): string => hubspot.records('calls')[0]?.properties['hs_call_body'] ?? '';

const notesOf = (hubspot: HubSpot): readonly string[] =>
  hubspot.records('notes').map(({ properties }) => properties['hs_note_body'] ?? '');

/** What a reader sees, entities and all; headings and hints about the cut left out. */
function readTurns(bodies: readonly string[]): readonly number[] {
  return bodies.flatMap((body) =>
    [...body.matchAll(/&quot;turn (\d+)&quot;|&#34;turn (\d+)&#34;/g)].map(([, one, other]) => Number(one ?? other)),
  );
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

function recordsOf(result: SyncResult | null, kind: string): readonly string[] {
  return (result?.report.records ?? []).filter((record) => record.kind === kind).map(({ action }) => action);
}

test('a long transcript goes on in notes on the same contact, and no word is lost', async () => {
  const { hubspot, sync } = await open();
  const result = await sync(long(2500));
  expect(result).toMatchObject({ kind: 'finished' });
  expect(recordsOf(result, 'note')).toEqual(['created', 'created']);
  const all = [bodyOf(hubspot), ...notesOf(hubspot)];
  expect(all).toHaveLength(3);
  for (const body of all) expect(body.length).toBeLessThanOrEqual(65_536);
  expect(readTurns(all)).toEqual(upTo(2500));
  const [contact] = hubspot.records('contacts');
  for (const { id, properties } of hubspot.records('notes')) {
    expect(hubspot.associated('notes', id, 'contacts')).toEqual([contact?.id]);
    expect(properties['hs_timestamp']).toBe(hubspot.records('calls')[0]?.properties['hs_timestamp']);
  }
});

test('the run tells where the rest of the text is', async () => {
  const { sync } = await open();
  const result = await sync(long(1500));
  const call = result?.report.records.find(({ kind }) => kind === 'call');
  const body = call?.fields.find(({ field }) => field === 'hs_call_body');
  expect(body).toMatchObject({ action: 'write', reason: 'too long for one record: continued in 1 note' });
});

test('nothing changed: no request. One more word: the record it stands in, and no note twice', async () => {
  const { hubspot, sync } = await open();
  await sync(long(2500));
  hubspot.clearRequests();
  expect(recordsOf(await sync(long(2500)), 'note')).toEqual(['unchanged', 'unchanged']);
  expect(hubspot.requests).toHaveLength(0);
  await sync(long(2501, { version: 2 }));
  expect(hubspot.requests.map(({ path }) => path)).toEqual(['/crm/objects/2026-03/notes/batch/update']);
  expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(2501));
});

test('a transcript that became shorter leaves no stale words in the notes it no longer needs', async () => {
  const { hubspot, sync } = await open();
  await sync(long(2500));
  await sync(long(1500, { version: 2 }));
  expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(1500));
  await sync(long(10, { version: 3 }));
  expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(10));
  hubspot.clearRequests();
  await sync(long(10, { version: 3 }));
  expect(hubspot.requests).toHaveLength(0);
  await sync(long(2500, { version: 4 }));
  expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(2500));
  expect(hubspot.records('notes')).toHaveLength(2);
});

test.each([
  ['the account keeps notes apart', {}],
  ['the account refuses a unique property on notes', { hubspot: { searchLagMs: 5_000 }, withoutUniqueOn: ['notes'] }],
] as const)(
  '%s: the process dies between call and note, or the answer is lost, and no note is doubled',
  async (_how, options) => {
    const { hubspot, sync, crash, advance } = await open(options);
    const isCreate = requestsOf({ operation: 'notes create' });
    const isUpsert = requestsOf({ operation: 'notes batch/upsert' });
    hubspot.fail({ fault: { kind: 'drop' }, when: (request) => isCreate(request) || isUpsert(request) });
    expect(await sync(long(2500))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
    expect(hubspot.records('calls')).toHaveLength(1);
    crash();
    advance(120_000);
    hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: (request) => isCreate(request) || isUpsert(request) });
    expect(await sync(long(2500))).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
    expect(hubspot.records('notes')).toHaveLength(1);
    crash();
    expect(await sync(long(2500))).toMatchObject({ kind: 'finished' });
    expect(hubspot.records('calls')).toHaveLength(1);
    expect(hubspot.records('notes')).toHaveLength(2);
    expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(2500));
  },
);

test('without unique properties a note is told apart from the notes of other calls of the same person', async () => {
  const { hubspot, sync, advance } = await open({ isSetUp: false });
  await sync(long(1500));
  hubspot.fail({ fault: { kind: 'commit_then_drop' }, when: requestsOf({ operation: 'notes create' }) });
  const other = { id: 'call_02', provider_call_id: 'call_5b81e2_b' };
  expect(await sync(long(1500, other))).toMatchObject({ kind: 'stopped' });
  advance(120_000);
  expect(await sync(long(1500, other))).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('notes')).toHaveLength(2);
});

test('the contact was merged away meanwhile: the notes go to the one that is left', async () => {
  const { hubspot, sync } = await open();
  await sync(long(1500));
  const first = hubspot.records('contacts')[0]?.id ?? '';
  hubspot.mergeContacts(hubspot.create('contacts', { firstname: 'Dana', lastname: 'R.' }), first);
  expect(await sync(long(2500, { version: 2, outcomes: { interested: false } }))).toMatchObject({ kind: 'finished' });
  const [contact] = hubspot.records('contacts');
  expect(hubspot.records('contacts')).toHaveLength(1);
  for (const { id } of hubspot.records('notes'))
    expect(hubspot.associated('notes', id, 'contacts')).toEqual([contact?.id]);
});

test('a note that somebody deleted is made again only when its text changes', async () => {
  const { hubspot, sync } = await open();
  await sync(long(1500));
  hubspot.archive('notes', hubspot.records('notes')[0]?.id ?? '');
  hubspot.clearRequests();
  await sync(long(1500));
  expect(hubspot.requests).toHaveLength(0);
  await sync(long(1501, { version: 2 }));
  expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(1501));
});

test('a preview tells of the notes and writes none', async () => {
  const { hubspot, sync } = await open();
  expect(recordsOf(await sync(long(2500), { mode: 'preview' }), 'note')).toEqual(['created', 'created']);
  expect(hubspot.counts().write).toBe(0);
  await sync(long(2500));
  expect(recordsOf(await sync(long(2500), { mode: 'preview' }), 'note')).toEqual(['unchanged', 'unchanged']);
});

test('without a contact there is nothing to hang a note on: the text is cut, whole to the last tag, and the run says so', async () => {
  const { hubspot, sync } = await open({ action: { contact: false } });
  const result = await sync(long(2500));
  expect(result).toMatchObject({ kind: 'finished' });
  expect(hubspot.records('notes')).toHaveLength(0);
  const call = result?.report.records.find(({ kind }) => kind === 'call');
  expect(call?.fields.find(({ field }) => field === 'hs_call_body')?.reason).toContain('cut from');
  expect(bodyOf(hubspot)).toMatch(/<\/p>$/);
});

test('the link to a recording that HubSpot does not play has its room in the body', async () => {
  const { hubspot, sync } = await open();
  await sync(long(2500, { recording_url: 'https://media.example.com/listen/5b81e2' }));
  expect(bodyOf(hubspot)).toContain('https://media.example.com/listen/5b81e2');
  expect(bodyOf(hubspot).length).toBeLessThanOrEqual(65_536);
  expect(readTurns([bodyOf(hubspot), ...notesOf(hubspot)])).toEqual(upTo(2500));
});
