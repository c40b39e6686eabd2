import { afterEach, expect, test } from '@jest/globals';

import { startHubSpot, type HubSpot } from '../../../src/torture/crm/hubspot/index.ts';
import { readHubSpotState } from '../../../src/torture/crm/hubspot-torture.ts';

// What a torture's judge is told of HubSpot: everything that it holds, damage included.

let hubspot: HubSpot;

afterEach(() => hubspot.close());

const CALL = {
  hs_timestamp: '2026-11-20T12:00:00Z',
  hs_call_status: 'NO_ANSWER',
  hs_call_duration: '42500',
  hs_call_body: '<p>It&#39;s &amp; done</p><p><strong>Transcript</strong><br>Agent: Hello.<br />\nCustomer: Hi.</p>',
  hookline_call_id: 'callab/c/1',
};

test('contacts, calls and tasks in the words of the judge; a double is there twice', async () => {
  hubspot = await startHubSpot();
  for (const type of ['calls', 'tasks'] as const) hubspot.addProperty(type, { name: 'hookline_call_id' });
  const contact = hubspot.create('contacts', {
    firstname: '+12025550143',
    phone: '+12025550143',
    hs_lead_status: 'CONNECTED',
  });
  hubspot.create('calls', CALL);
  hubspot.create('calls', CALL);
  hubspot.create('tasks', {
    hs_timestamp: '2026-11-20T12:00:00Z',
    hs_task_subject: 'Call back',
    hookline_call_id: 'atoms/c2#One#0',
  });
  const { contacts, calls, tasks } = readHubSpotState(hubspot);
  expect(contacts).toMatchObject([
    { id: contact, phone: '+12025550143', first_name: null, last_call_id: null, lead_status: 'CONTACTED' },
  ]);
  const call = {
    call_id: 'c/1',
    status: 'no_answer',
    duration_s: 42.5,
    recording_url: null,
    summary: "It's & done",
    transcript: 'Agent: Hello.\nCustomer: Hi.',
    contact_id: '',
  };
  expect(calls).toMatchObject([call, call]);
  expect(tasks).toMatchObject([{ call_id: 'c2', subject: 'Call back', due: null, contact_id: '' }]);
});
