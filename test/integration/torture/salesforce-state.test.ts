import { afterEach, expect, test } from '@jest/globals';

import { startSalesforce, type Salesforce } from '../../../src/torture/crm/salesforce/index.ts';
import { readSalesforceState } from '../../../src/torture/crm/salesforce-torture.ts';

// What a torture's judge is told of Salesforce: everything that it holds, damage included.

let salesforce: Salesforce;

afterEach(() => salesforce.close());

const CALL = {
  Subject: 'Sales Agent: no answer',
  Status: 'Completed',
  CallDisposition: 'No answer',
  Duration__c: 42.5,
  Description: 'Recording: https://media.example.com/1.mp3\n\nIt is done\n\nTranscript:\nAgent: Hello.\nCustomer: Hi.',
  Hookline_Call_Id__c: 'callab/c/1',
};

test('people, calls and tasks in the words of the judge; a double is there twice', async () => {
  salesforce = await startSalesforce();
  salesforce.addField('Activity', { name: 'Hookline_Call_Id__c' });
  salesforce.addField('Activity', { name: 'Duration__c', type: 'double', scale: 1 });
  const lead = salesforce.create('Lead', { LastName: '+12025550143', Phone: '+12025550143', Company: 'Unknown' });
  salesforce.create('Task', { ...CALL, WhoId: lead });
  salesforce.create('Task', CALL);
  salesforce.create('Task', { Subject: 'Call back', Hookline_Call_Id__c: 'atoms/c2#One#0' });
  const { contacts, calls, tasks } = readSalesforceState(salesforce);
  expect(contacts).toMatchObject([
    { id: lead, phone: '+12025550143', first_name: null, last_call_id: null, lead_status: 'CONTACTED' },
  ]);
  const call = {
    call_id: 'c/1',
    status: 'no_answer',
    duration_s: 42.5,
    recording_url: 'https://media.example.com/1.mp3',
    summary: 'It is done',
    transcript: 'Agent: Hello.\nCustomer: Hi.',
  };
  expect(calls).toMatchObject([
    { ...call, contact_id: lead },
    { ...call, contact_id: null },
  ]);
  expect(tasks).toMatchObject([{ call_id: 'c2', subject: 'Call back', due: null, contact_id: null }]);
});

test.each([
  ['', null, null, null],
  ['Recording: https://a.example.com/1.mp3\n\n', 'https://a.example.com/1.mp3', null, null],
  ['A talk.\n\n', null, 'A talk.', null],
  ['Transcript:\nAgent: Hello.', null, null, 'Agent: Hello.'],
  ['A talk.\n\nTranscript:\nAgent: Hello.', null, 'A talk.', 'Agent: Hello.'],
  ['Recording: https://a.example.com/1\n\nTranscript:\nHello.', 'https://a.example.com/1', null, 'Hello.'],
])('the description %j has its parts told apart', async (description, recording, summary, transcript) => {
  salesforce = await startSalesforce();
  salesforce.create('Task', { Subject: 'Call', Description: description });
  expect(readSalesforceState(salesforce).calls).toMatchObject([{ recording_url: recording, summary, transcript }]);
});
