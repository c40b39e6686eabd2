import { startSalesforce, type Salesforce, type SalesforceRecord } from '../../torture/crm/salesforce/index.ts';
import { textOf } from '../../torture/crm/json-text.ts';
import { print, table } from '../output.ts';
import type { DemoCrm } from './crm.ts';
import { printRequests, setUpAll } from './simulated-crm.ts';

/** Salesforce, simulated on this machine: what the org would hold, and what that costs in requests. */
export async function startDemoSalesforce(): Promise<DemoCrm> {
  const salesforce = await startSalesforce();
  return {
    name: 'salesforce',
    title: 'Salesforce',
    person: 'lead',
    config: configOf(salesforce),
    async prepare(services) {
      await setUpAll(services);
      salesforce.clearRequests();
    },
    count: () =>
      Promise.resolve({
        contact: salesforce.records('Lead').length + salesforce.records('Contact').length,
        call: calls(salesforce.records('Task')).length,
        task: followUps(salesforce.records('Task')).length,
      }),
    print: (synced) => printRecords(salesforce, synced),
    commands: ['check --live', 'setup salesforce'],
    close: () => salesforce.close(),
  };
}

function configOf({ url, clientId, clientSecret }: Salesforce): string {
  const auth = `{ flow: client_credentials, client_id: ${clientId}, client_secret: ${clientSecret} }`;
  return `{ type: salesforce, login_url: '${url}', allow_private_networks: true, auth: ${auth} }`;
}

function calls(tasks: readonly SalesforceRecord[]): readonly SalesforceRecord[] {
  return tasks.filter((task) => text(task, 'TaskSubtype') === 'Call');
}

function followUps(tasks: readonly SalesforceRecord[]): readonly SalesforceRecord[] {
  return tasks.filter((task) => text(task, 'TaskSubtype') !== 'Call');
}

function printRecords(salesforce: Salesforce, synced: number): boolean {
  print('\nWhat Salesforce would hold:\n');
  print(
    table<SalesforceRecord>(
      [
        { title: 'LEAD', value: ({ id }) => id },
        { title: 'NAME', value: (record) => [text(record, 'FirstName'), text(record, 'LastName')].join(' ').trim() },
        { title: 'PHONE', value: (record) => text(record, 'Phone') },
        { title: 'STATUS', value: (record) => text(record, 'Status') },
        { title: 'CALLS', value: ({ id }) => String(calls(salesforce.tasksOf(id)).length) },
        { title: 'TASKS', value: ({ id }) => String(followUps(salesforce.tasksOf(id)).length) },
      ],
      salesforce.records('Lead'),
    ),
  );
  print();
  printTasks(salesforce.records('Task'));
  printRequests(salesforce.counts(), synced);
  return salesforce.duplicates().length === 0;
}

/** Calls and what is to be done next are both Tasks. */
function printTasks(tasks: readonly SalesforceRecord[]): void {
  print(
    table<SalesforceRecord>(
      [
        { title: 'TASK', value: (record) => text(record, 'Subject') },
        { title: 'STATUS', value: (record) => text(record, 'Status') },
        { title: 'DAY', value: (record) => text(record, 'ActivityDate') },
        { title: 'CALL TYPE', value: (record) => text(record, 'CallType') },
        { title: 'S', value: (record) => text(record, 'CallDurationInSeconds') },
        { title: 'DESCRIPTION', value: (record) => text(record, 'Description'), cut: 'end' },
      ],
      tasks,
    ),
  );
}

function text({ fields }: SalesforceRecord, name: string): string {
  return textOf(fields[name]);
}
