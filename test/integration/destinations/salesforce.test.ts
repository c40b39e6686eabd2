import { expect, test } from '@jest/globals';

import { ROW_FAULTS } from '../../simulators/salesforce/index.ts';
import { exampleCall } from '../../support/call.ts';
import { caller, fieldsOf } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openSalesforceWorld } from '../../support/salesforce-world.ts';

const open = closingAfterEach(openSalesforceWorld);

test('- sync: salesforce alone: the lead, its status, and the call as a completed Task', async () => {
  const { salesforce, sync } = await open();
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  const [lead] = salesforce.records('Lead');
  expect(lead?.fields).toMatchObject({
    Phone: '+12025550143',
    Email: 'dana.reed@example.com',
    FirstName: 'Dana',
    LastName: 'Reed',
    Company: 'Northwind Example',
    LeadSource: 'AI Voice Agent',
    Status: 'Working - Contacted',
  });
  const [task] = salesforce.records('Task');
  expect(task?.fields).toMatchObject({
    Subject: 'Sales Agent: completed',
    Status: 'Completed',
    TaskSubtype: 'Call',
    CallType: 'Inbound',
    CallDurationInSeconds: 182,
    CallDisposition: 'Completed',
    ActivityDate: '2026-11-20',
    WhoId: lead?.id,
    Hookline_Call_Id__c: 'callab/call_5b81e2',
  });
  expect(task?.fields['Description']).toBe(
    'Recording: https://media.example.com/callab/call_5b81e2.mp3\n\nCustomer asked for a product demo next week.\n\nTranscript:\nAgent: Hello.\nCustomer: Hi.',
  );
});

test('nothing changed costs no request; a grown call one, without what Salesforce takes only once', async () => {
  const { salesforce, sync } = await open();
  await sync(exampleCall());
  salesforce.clearRequests();
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(salesforce.requests).toHaveLength(0);
  const forced = await sync(exampleCall({ version: 2, summary: 'Another summary.' }), { force: true });
  expect(fieldsOf(forced, 'call')['TaskSubtype']).toBe(
    'kept: Salesforce takes TaskSubtype only when the record is made',
  );
  salesforce.clearRequests();
  await sync(exampleCall({ version: 3, summary: 'A third one.' }));
  expect(salesforce.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PATCH /services/data/v66.0/composite/sobjects',
  ]);
  expect(salesforce.records('Task')[0]?.fields['Description']).toContain('A third one.');
});

test('two hundred callers at once share their requests, and each attempt keeps its own rows', async () => {
  const { salesforce, sync } = await open();
  const results = await Promise.all(Array.from({ length: 200 }, (_, number) => sync(caller(number))));
  expect(results.every((result) => result?.kind === 'finished')).toBe(true);
  expect(salesforce.records('Lead')).toHaveLength(200);
  expect(salesforce.records('Task')).toHaveLength(200);
  expect(salesforce.counts()).toMatchObject({ token: 1, describe: 4, query: 2, search: 1, write: 2 });
  const last = results.at(-1)?.requests ?? [];
  expect(last.map(({ operation }) => operation)).toEqual(['find', 'find', 'write_contact', 'write_call']);
  for (const { requestBody, responseBody } of last) {
    const kept = `${requestBody}${responseBody}`;
    expect(kept).toContain('rows_in_this_request');
    expect(kept).not.toContain('2025561000');
  }
});

test('what was said by four hundred at once is not lost with one of their requests', async () => {
  const { salesforce, sync } = await open();
  const calls = Array.from({ length: 400 }, (_, number) => caller(number));
  salesforce.fail({
    when: ({ method, body }) => method === 'POST' && JSON.stringify(body).includes('Hookline_Call_Id__c'),
    fault: { kind: 'commit_then_drop' },
  });
  const results = await Promise.all(calls.map((call) => sync(call)));
  const finished = results.filter((result) => result?.kind === 'finished');
  expect(finished.length).toBeGreaterThan(100);
  expect(finished.length).toBeLessThan(400);
  await Promise.all(calls.map((call) => sync(call)));
  expect(salesforce.records('Task')).toHaveLength(400);
  expect(salesforce.records('Lead')).toHaveLength(400);
  expect(salesforce.duplicates()).toEqual([]);
});

test('a follow-up task beside the call: open, due, and one however often', async () => {
  const { salesforce, sync } = await open({
    action: { task: { when: 'outcomes.next_action', subject: '{{ outcomes.next_action }}', due: '2026-12-01' } },
  });
  const call = exampleCall({ outcomes: { next_action: 'Send the offer' } });
  await sync(call);
  await sync({ ...call, version: 2, outcomes: { next_action: 'Send the better offer' } });
  const [lead] = salesforce.records('Lead');
  const tasks = salesforce.tasksOf(lead?.id ?? '').map(({ fields }) => fields);
  expect(tasks).toHaveLength(2);
  expect(tasks[1]).toMatchObject({
    Subject: 'Send the better offer',
    Status: 'Not Started',
    ActivityDate: '2026-12-01',
    Hookline_Call_Id__c: 'callab/call_5b81e2#Keep it in step#0',
  });
});

test('the day of a call is the one it was in the org, or in the zone of the config', async () => {
  const late = exampleCall({ started_at: '2026-11-21T02:30:00Z' });
  const { salesforce, sync } = await open();
  await sync(late);
  expect(salesforce.records('Task')[0]?.fields['ActivityDate']).toBe('2026-11-20');
  const other = await open({ destination: { time_zone: 'Europe/Berlin' } });
  await other.sync(late);
  expect(other.salesforce.records('Task')[0]?.fields['ActivityDate']).toBe('2026-11-21');
});

test('a closed Task is one by the org’s own name for it', async () => {
  const { salesforce, sync } = await open({
    salesforce: {
      taskStatuses: [
        { value: 'Offen', isClosed: false },
        { value: 'Erledigt', isClosed: true },
      ],
    },
  });
  const result = await sync(exampleCall());
  expect(salesforce.records('Task')[0]?.fields['Status']).toBe('Erledigt');
  expect(fieldsOf(result, 'call')['Status']).toBe('write: accepted but different: a closed Task is "Erledigt" here');
});

test('a long transcript is cut, and said to be', async () => {
  const { salesforce, sync } = await open();
  const result = await sync(exampleCall({ transcript: 'word '.repeat(10_000) }));
  expect(salesforce.records('Task')[0]?.fields['Description']).toHaveLength(32_000);
  expect(fieldsOf(result, 'call')['Description']).toContain('cut from');
});

test('a caller of whom only the number is known has it as a name, until somebody says one', async () => {
  const { salesforce, sync } = await open();
  await sync(caller(1, { contact: {} }));
  expect(salesforce.records('Lead')[0]?.fields).toMatchObject({ LastName: '+12025561001', Company: 'Unknown' });
  await sync(
    caller(1, { provider_call_id: 'c1b', contact: { first_name: 'Dana', last_name: 'Reed', company: 'Northwind' } }),
  );
  expect(salesforce.records('Lead')).toHaveLength(1);
  expect(salesforce.records('Lead')[0]?.fields).toMatchObject({
    FirstName: 'Dana',
    LastName: 'Reed',
    Company: 'Northwind',
  });
});

test('a preview writes nothing', async () => {
  const { salesforce, sync } = await open();
  const result = await sync(exampleCall(), { mode: 'preview' });
  expect(result).toMatchObject({ kind: 'finished' });
  expect(result?.report.records.map(({ kind, action }) => `${kind} ${action}`)).toEqual([
    'contact created',
    'call created',
  ]);
  expect(salesforce.records('Lead')).toEqual([]);
  expect(salesforce.counts().write).toBe(0);
});

test('a flow that stumbles over a lock, or a lock itself, is tried again', async () => {
  const { salesforce, sync } = await open();
  for (const fault of [ROW_FAULTS.locked, ROW_FAULTS.flow]) {
    salesforce.failRows({ ...fault, when: ({ entity }) => entity === 'Task' });
    expect(await sync(exampleCall())).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
  }
  expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(salesforce.records('Lead')).toHaveLength(1);
  expect(salesforce.records('Task')).toHaveLength(1);
});
