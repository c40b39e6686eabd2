import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createHubSpotChaos, type HubSpot } from '../../simulators/hubspot/index.ts';
import {
  badCrmWeek,
  calmDown,
  durationOf,
  expectedPeople,
  phoneOf,
  sorted,
  storm,
  type CrmWeek,
} from '../../support/crm-week.ts';
import { openHubSpotWorld, type WorldOptions } from '../../support/hubspot-world.ts';

function expectModel(hubspot: HubSpot, { calls }: CrmWeek): void {
  expect(hubspot.duplicates()).toEqual([]);
  const people = expectedPeople(calls);
  const contacts = hubspot.records('contacts');
  expect(sorted(contacts.map(({ properties }) => properties['phone'] ?? ''))).toEqual(
    sorted(people.map(({ phone }) => phone)),
  );
  for (const { phone, email, interested, callKeys } of people) {
    const { id = '', properties = {} } = contacts.find((contact) => contact.properties['phone'] === phone) ?? {};
    expect(properties['email'] ?? null).toBe(email);
    const byRule = { true: ['OPEN'], false: ['UNQUALIFIED'], null: ['CONNECTED', 'ATTEMPTED_TO_CONTACT'] };
    expect(byRule[`${interested}`]).toContain(properties['hs_lead_status']);
    for (const type of ['calls', 'tasks'] as const) {
      const attached = hubspot
        .records(type)
        .filter((record) => hubspot.associated(type, record.id, 'contacts').includes(id));
      const keys = attached.map((record) => (record.properties['hookline_call_id'] ?? '').replace(/#.*/, ''));
      expect(sorted(keys)).toEqual(callKeys);
    }
  }
  expectNotes(hubspot, calls);
  for (const { properties } of hubspot.records('calls')) {
    const index = Number(properties['hookline_call_id']?.replace('callab/c', ''));
    const hs_call_duration = String(durationOf(index) * 1000);
    expect(properties).toMatchObject({ hs_call_duration, hs_call_status: 'COMPLETED' });
    expect(properties['hs_call_body']).toContain(`summary of c${index}`);
  }
}

/** One for each long talk, on the contact of its call. */
function expectNotes(hubspot: HubSpot, calls: CrmWeek['calls']): void {
  const notes = hubspot.records('notes').map(({ id, properties }) => {
    const [contactId = ''] = hubspot.associated('notes', id, 'contacts');
    expect(properties['hs_note_body']).toContain('the last word');
    return `${properties['hookline_call_id']} ${hubspot.record('contacts', contactId)?.properties['phone']}`;
  });
  const expected = calls.flatMap(({ isLong, person }, index) =>
    isLong ? [`callab/c${index}#note#1 ${phoneOf(person)}`] : [],
  );
  expect(sorted(notes)).toEqual(sorted(expected));
}

const OPTIONS: WorldOptions = { action: { task: { subject: '{{ outcomes.next_action }}' } } };

test('whatever fails, repeats, races or dies: HubSpot holds what a plain model says, and then nothing more is asked', async () => {
  await fc.assert(
    fc.asyncProperty(badCrmWeek(), async (plan) => {
      const { hubspot, ...opened } = await openHubSpotWorld(OPTIONS);
      const world = { ...opened, crm: hubspot, createChaos: createHubSpotChaos };
      try {
        await storm(world, plan);
        await calmDown(world, plan);
        expectModel(hubspot, plan);
        hubspot.clearRequests();
        await calmDown(world, plan);
        expect(hubspot.requests.map(({ path }) => path)).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 8 },
  );
}, 240_000);
