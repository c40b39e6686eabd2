import { createHash } from 'node:crypto';

import type { CallFields } from '../../../src/domain/call.ts';
import { callKeyOf } from '../../../src/ledger/events/event-row.ts';
import type { Database, Statement } from '../../../src/ledger/database.ts';
import type { AttemptTable, CallTable, EventTable, LinkTable, RunTable } from '../../../src/ledger/schema.ts';
import { toStatement } from '../../../src/ledger/statement.ts';
import { createIds, type Ids } from '../../../src/shared/ids.ts';
import { exampleCall } from '../../../test/support/call.ts';

/** Calls per statement list. */
const BATCH = 250;
const MINUTE_MS = 60_000;
export const SOURCE = 'callab';
export const DESTINATION = 'crm';
export const INTEGRATION = 'Keep the CRM in step';

export interface Filling {
  readonly calls: number;
  /** Of the newest calls, so many have a run that is due; the runs of the others are done. */
  readonly due: number;
  readonly onProgress: (calls: number) => void;
}

/** Fills an empty ledger with calls as the daemon would have left them: one event, run, attempt and two links each. */
export async function fillLedger(database: Database, { calls, due, onProgress }: Filling): Promise<void> {
  const startMs = Date.now() - calls * 1_000;
  let nowMs = startMs;
  const ids = createIds({ now: () => nowMs });
  for (let first = 0; first < calls; first += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, calls - first) }, (_, index) => {
      nowMs = startMs + (first + index) * 1_000;
      return makeCall(ids, nowMs, { number: first + index, isDue: first + index >= calls - due });
    });
    await database.write(toStatements(database, made));
    if ((first / BATCH) % 200 === 0) onProgress(first);
  }
}

interface Made {
  readonly event: EventTable;
  readonly call: CallTable;
  readonly run: RunTable;
  readonly attempt: AttemptTable | null;
  readonly links: readonly LinkTable[];
}

function makeCall(ids: Ids, atMs: number, { number, isDue }: { number: number; isDue: boolean }): Made {
  const at = new Date(atMs).toISOString();
  const providerCallId = `call_${number}`;
  // Four calls a person, spread over the whole time, as repeated callers are.
  const phone = `+1202${String(5_000_000 + (number % 250_000)).padStart(7, '0')}`;
  const fields = JSON.stringify({ ...FIELDS, customer_number: phone, started_at: at, ended_at: at });
  const eventId = ids.next('evt');
  const callId = ids.next('call');
  const runId = ids.next('run');
  return {
    event: makeEvent(eventId, providerCallId, atMs),
    call: makeCallRow(callId, providerCallId, { at, atMs, phone, fields }),
    run: makeRun(runId, callId, { atMs, phone, isDue }),
    attempt: isDue ? null : makeAttempt(ids.next('att'), runId, atMs),
    links: isDue
      ? []
      : [
          makeLink('contact', `phone:${phone}`, `c${number % 250_000}`, atMs),
          makeLink('call', providerCallId, `k${number}`, atMs),
        ],
  };
}

const TRANSCRIPT =
  'Agent: Hello, this is Sam. Customer: Hi. Agent: Are you free on Friday? Customer: Yes, at ten. '.repeat(4);
/** Known by nothing but the number: an address that all had in common would make one person of them. */
const FIELDS: CallFields = exampleCall({
  transcript: TRANSCRIPT,
  contact: { first_name: 'Ada', last_name: 'Lovelace' },
});

function makeEvent(id: string, providerCallId: string, atMs: number): EventTable {
  const timestamp = new Date(atMs).toISOString();
  const body = Buffer.from(
    JSON.stringify({ event: 'call_ended', timestamp, call: { id: providerCallId, transcript: TRANSCRIPT } }),
  );
  const hash = createHash('sha256').update(body).digest('hex');
  return {
    id,
    source: SOURCE,
    platform: 'callab',
    receipt_key: `${timestamp}:${hash}`,
    semantic_key: null,
    type: 'call.ended',
    provider_event: 'call_ended',
    call_id: providerCallId,
    call_key: callKeyOf(SOURCE, providerCallId),
    orphan: 0,
    state: 'pending',
    received_at_ms: atMs,
    body_hash: hash,
    content_type: 'application/json',
    headers: '{}',
    proof: 'hmac',
    notes: '[]',
    body,
  };
}

interface CallFacts {
  readonly at: string;
  readonly atMs: number;
  readonly phone: string;
  readonly fields: string;
}

function makeCallRow(id: string, providerCallId: string, { at, atMs, phone, fields }: CallFacts): CallTable {
  return {
    id,
    call_key: callKeyOf(SOURCE, providerCallId),
    source: SOURCE,
    platform: 'callab',
    provider_call_id: providerCallId,
    version: 1,
    revision: 1,
    fields,
    fields_hash: createHash('sha256').update(fields).digest('hex'),
    status: 'completed',
    customer_number: phone,
    person_key: phone,
    called_at: at,
    first_event_at: at,
    last_event_at: at,
    event_types: '["call.ended"]',
    events: 1,
    first_received_at_ms: atMs,
    last_received_at_ms: atMs,
    unmatched: '[]',
  };
}

function makeRun(id: string, callId: string, facts: { atMs: number; phone: string; isDue: boolean }): RunTable {
  const { atMs, phone, isDue } = facts;
  return {
    id,
    call_id: callId,
    integration: INTEGRATION,
    destination: DESTINATION,
    state: isDue ? 'due' : 'done',
    due_at_ms: atMs,
    claim_at_ms: isDue ? atMs : null,
    person_key: phone,
    wanted_version: 1,
    wanted_destination: DESTINATION,
    done_version: isDue ? null : 1,
    attempts: isDue ? 0 : 1,
    last_attempt: isDue ? 0 : 1,
    force: 0,
    again: 0,
    owner: null,
    trigger: 'call.ended',
    config_hash: 'bench',
    reason: null,
    hint: null,
    updated_at_ms: atMs,
  };
}

function makeAttempt(id: string, runId: string, atMs: number): AttemptTable {
  return {
    id,
    run_id: runId,
    number: 1,
    started_at_ms: atMs,
    finished_at_ms: atMs + MINUTE_MS / 1_000,
    call_version: 1,
    config_hash: 'bench',
    outcome: '{"kind":"done"}',
    steps: '[]',
    requests: '[]',
  };
}

function makeLink(kind: string, key: string, recordId: string, atMs: number): LinkTable {
  return {
    destination: DESTINATION,
    kind,
    key,
    state: 'linked',
    record_id: recordId,
    hash: null,
    stamps: '{}',
    updated_at_ms: atMs,
  };
}

function toStatements({ db }: Database, made: readonly Made[]): readonly Statement[] {
  const attempts = made.flatMap(({ attempt }) => (attempt === null ? [] : [attempt]));
  const links = made.flatMap((each) => each.links);
  const queries = [
    db.insertInto('events').values(made.map(({ event }) => event)),
    db.insertInto('calls').values(made.map(({ call }) => call)),
    db.insertInto('runs').values(made.map(({ run }) => run)),
    ...(attempts.length === 0 ? [] : [db.insertInto('attempts').values(attempts)]),
    ...(links.length === 0
      ? []
      : [
          db
            .insertInto('links')
            .values(links)
            .onConflict((conflict) => conflict.doNothing()),
        ]),
  ];
  return queries.map(toStatement);
}
