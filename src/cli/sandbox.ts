import type { Fields } from '../destinations/destination.ts';
import type { SandboxChange, SandboxRecord } from '../destinations/sandbox/store.ts';
import { CommandFailure } from './failure.ts';
import { getConfig, type LedgerAccess } from './ledger-access.ts';
import { hookline, print, printJson, shortTime } from './output.ts';
import { show } from './report.ts';

/** Of each kind, the newest. */
const SHOWN = 100;

const KINDS = ['contact', 'call', 'task'] as const;

interface Listed extends SandboxRecord {
  readonly destination: string;
}

/** `hookline sandbox`: what the sandbox CRM holds. */
export async function listSandbox(
  access: LedgerAccess,
  options: { readonly kind?: string; readonly json?: boolean },
): Promise<void> {
  const kinds = KINDS.filter((kind) => options.kind === undefined || kind === options.kind);
  const records: Listed[] = [];
  for (const destination of sandboxNames()) {
    for (const kind of kinds) {
      const found = await access.ledger.sandbox.listRecords(destination, kind, SHOWN);
      records.push(...found.map((record) => ({ ...record, destination })));
    }
  }
  if (options.json === true) return printJson({ records });
  if (records.length === 0) return print('The sandbox is empty.');
  for (const record of records) {
    print(`${record.kind.padEnd(8)} ${record.id}  ${shortTime(record.updatedAtMs)}`);
    print(`  ${show(describeFields(record.fields), 76)}`);
  }
  if (records.length >= SHOWN) print(`\nOf each kind, the newest ${SHOWN} are shown.`);
  print(`\nEvery change of one: ${hookline('sandbox show <id>')}`);
}

function describeFields(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** `hookline sandbox show <id>`: one record with every change. */
export async function showSandboxRecord(
  access: LedgerAccess,
  id: string,
  options: { readonly json?: boolean },
): Promise<void> {
  for (const destination of sandboxNames()) {
    const record = await access.ledger.sandbox.getRecord(destination, id);
    if (record === null) continue;
    const changes = await access.ledger.sandbox.history(destination, id);
    if (options.json === true) return printJson({ destination, record, changes });
    return printRecord(destination, record, changes);
  }
  throw new CommandFailure(`There is no sandbox record "${id}". ${hookline('sandbox')} lists them.`);
}

/** Names of the configured destinations of type sandbox. */
function sandboxNames(): readonly string[] {
  const names = Object.entries(getConfig().config.destinations)
    .filter(([, config]) => config.type === 'sandbox')
    .map(([name]) => name);
  if (names.length === 0) throw new CommandFailure('No destination of type sandbox is configured.');
  return names;
}

function printRecord(destination: string, record: SandboxRecord, changes: readonly SandboxChange[]): void {
  print(`${record.kind} ${record.id} in ${destination}`);
  print(`  created ${shortTime(record.createdAtMs)}, changed ${shortTime(record.updatedAtMs)}`);
  if (record.contactId !== null) print(`  contact ${record.contactId}`);
  for (const [field, value] of Object.entries(record.fields)) print(`  ${field.padEnd(22)} ${show(value, 54)}`);
  print('\nChanges');
  for (const change of changes) {
    const before = change.before === null ? '' : `${show(change.before, 16)} → `;
    print(`  ${shortTime(change.atMs)}  ${change.field}: ${before}${show(change.after, 24)}`);
  }
}
