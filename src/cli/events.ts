import type { RefusalRow, StoredEvent } from '../ledger/ledger.ts';
import { oneLine } from '../shared/harmless.ts';
import { eventToJson, type ListOptions } from './calls.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { print, printJson, shortTime, table } from './output.ts';

/** `hookline events`: every accepted delivery, newest first. */
export async function listEvents(access: LedgerAccess, options: ListOptions): Promise<void> {
  const page = await access.ledger.listEvents(options);
  if (options.json === true) return printJson({ events: page.rows.map(eventToJson), next: page.next });
  if (page.rows.length === 0)
    return print('No events yet. `npm run hookline -- events refused` shows requests that were turned away.');
  print(
    table<StoredEvent>(
      [
        { title: 'RECEIVED', value: (event) => shortTime(event.receivedAtMs) },
        { title: 'SOURCE', value: (event) => event.source, flexible: true },
        { title: 'EVENT', value: (event) => event.type },
        { title: 'CALL', value: (event) => event.callId ?? '-', flexible: true },
        { title: 'STATE', value: (event) => event.state },
        { title: 'AGAIN', value: (event) => (event.duplicates === 0 ? '' : String(event.duplicates)) },
      ],
      page.rows,
    ),
  );
  if (page.next !== null) print(`\nMore: --after ${page.next}`);
}

/** `hookline events show <id>`: one delivery with its raw body. */
export async function showEvent(access: LedgerAccess, id: string, options: { readonly json?: boolean }): Promise<void> {
  const event = await access.ledger.findEvent(id);
  if (event === null) throw new CommandFailure(`There is no event "${id}". \`hookline events\` lists them.`);
  if (options.json === true) return printJson({ ...eventToJson(event), body: event.body.toString('utf8') });
  print(`Event ${event.id} from ${event.source} (${event.platform})`);
  print(`  received   ${shortTime(event.receivedAtMs)}, ${event.duplicates} duplicate(s)`);
  print(`  type       ${event.type} (${oneLine(event.providerEvent ?? 'no name')})`);
  print(`  call       ${oneLine(event.callId ?? '-')}`);
  print(`  state      ${event.state}`);
  print(`  proof      ${event.proof}`);
  for (const note of event.notes) print(`  note       ${oneLine(note)}`);
  for (const [name, value] of event.headers) print(`  header     ${name}: ${oneLine(value)}`);
  print(`\n${event.body.toString('utf8')}`);
}

/** `hookline events refused`: requests that were turned away, and why. */
export async function listRefusals(access: LedgerAccess, options: ListOptions): Promise<void> {
  const page = await access.ledger.listRefusals(options);
  const counts = (await access.ledger.stats()).refusals;
  if (options.json === true) return printJson({ refusals: page.rows, counts, next: page.next });
  if (page.rows.length === 0) return print('Nothing was refused.');
  print(
    table<RefusalRow>(
      [
        { title: 'RECEIVED', value: (row) => shortTime(row.receivedAtMs) },
        { title: 'SOURCE', value: (row) => row.source, flexible: true },
        { title: 'STATUS', value: (row) => String(row.status) },
        { title: 'CAUSE', value: (row) => row.cause, flexible: true },
        { title: 'FROM', value: (row) => row.remoteAddress, flexible: true },
        { title: 'BYTES', value: (row) => String(row.bodyBytes) },
      ],
      page.rows,
    ),
  );
  print(
    `\nIn all: ${Object.entries(counts)
      .map(([cause, count]) => `${cause} ${count}`)
      .join(', ')}`,
  );
}
