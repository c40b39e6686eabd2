import type { RefusalRow, StoredEvent } from '../ledger/ledger.ts';
import { oneLine } from '../shared/harmless.ts';
import { eventToJson, type ListOptions } from './calls.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { count, hookline, indent, print, printJson, shortTime, table } from './output.ts';

/** `hookline events`: every accepted delivery, newest first. */
export async function listEvents(access: LedgerAccess, options: ListOptions): Promise<void> {
  const page = await access.ledger.listEvents(options);
  if (options.json === true) return printJson({ events: page.rows.map(eventToJson), next: page.next });
  if (page.rows.length === 0) return print(`No events. Requests that were turned away: ${hookline('events refused')}`);
  const lines = table<StoredEvent>(
    [
      { title: 'RECEIVED', value: (event) => shortTime(event.receivedAtMs) },
      { title: 'SOURCE', value: (event) => event.source, cut: 'end' },
      { title: 'EVENT', value: (event) => event.type },
      { title: 'CALL', value: (event) => event.callId ?? '-', cut: 'middle' },
      { title: 'STATE', value: (event) => event.state },
    ],
    page.rows,
  ).split('\n');
  for (const [index, line] of lines.entries()) {
    print(line);
    const event = page.rows[index - 1];
    // On a line of its own: beside the rest there is no room for it, and it is what `events show` asks for.
    if (event !== undefined) print(`    ${event.id}${repeats(event)}`);
  }
  if (page.next !== null) print(`\nMore: --after ${page.next}`);
}

function repeats({ duplicates }: StoredEvent): string {
  return duplicates === 0 ? '' : `, ${count(duplicates, 'duplicate')}`;
}

/** `hookline events show <id>`: one delivery with its raw body. */
export async function showEvent(access: LedgerAccess, id: string, options: { readonly json?: boolean }): Promise<void> {
  const event = await access.ledger.findEvent(id);
  if (event === null) throw new CommandFailure(`There is no event "${id}". ${hookline('events')} lists them.`);
  if (options.json === true) return printJson({ ...eventToJson(event), body: event.body.toString('utf8') });
  const raw = event.body.toString('utf8');
  const readable = layOut(raw);
  print(`Event ${event.id} from ${event.source} (${event.platform})`);
  print(`  received   ${shortTime(event.receivedAtMs)}${repeats(event)}`);
  print(`  type       ${event.type} (${oneLine(event.providerEvent ?? 'no name')})`);
  print(`  call       ${oneLine(event.callId ?? '-')}`);
  print(`  state      ${event.state}`);
  print(`  proof      ${event.proof}`);
  for (const note of event.notes) print(`  note       ${oneLine(note)}`);
  for (const [name, value] of event.headers) print(`  header     ${name}: ${oneLine(value)}`);
  print(
    `\nBody, ${count(event.body.length, 'byte')}${readable === raw ? '' : ' (laid out for reading; --json has it as it came)'}`,
  );
  print(readable);
}

function layOut(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
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
        { title: 'SOURCE', value: (row) => row.source, cut: 'end' },
        { title: 'STATUS', value: (row) => String(row.status) },
        { title: 'CAUSE', value: (row) => row.cause, cut: 'end' },
        { title: 'FROM', value: (row) => row.remoteAddress, cut: 'end' },
        { title: 'BYTES', value: (row) => String(row.bodyBytes) },
      ],
      page.rows,
    ),
  );
  const totals = Object.entries(counts).map(([cause, amount]) => `${cause} ${amount}`);
  print(`\n${indent(`In all: ${totals.join(', ')}`, 0)}`);
  if (page.next !== null) print(`\nMore: --after ${page.next}`);
}
