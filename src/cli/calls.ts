import type { Call } from '../domain/call.ts';
import type { AttemptRow, CallRow, CallStory, RunSummary, StoredEvent } from '../ledger/ledger.ts';
import { oneLine } from '../shared/harmless.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { getCallStory } from './find-call.ts';
import { count, dueTime, hookline, indent, labelled, print, printJson, shortTime, table } from './output.ts';
import { printPausesOf } from './pauses.ts';
import { isSyncReport, reportLines, requestLines, show } from './report.ts';

export interface ListOptions {
  readonly limit: number;
  readonly json?: boolean;
  readonly source?: string;
  readonly state?: string;
  readonly search?: string;
  readonly after?: string;
}

/** `hookline calls`: newest first. */
export async function listCalls(access: LedgerAccess, options: ListOptions): Promise<void> {
  const page = await access.ledger.listCalls(options);
  if (options.json === true) return printJson({ calls: page.rows.map(toJson), next: page.next });
  if (page.rows.length === 0) return print(await whyNoCalls(access, options));
  print(
    table<CallRow>(
      [
        { title: 'LAST EVENT', value: (row) => shortTime(row.call.last_event_at) },
        { title: 'SOURCE', value: (row) => row.call.source, cut: 'end' },
        { title: 'CALL', value: (row) => row.call.provider_call_id, cut: 'middle' },
        { title: 'CUSTOMER', value: (row) => row.call.customer_number ?? '-' },
        { title: 'STATUS', value: (row) => row.call.status },
        { title: 'SYNC', value: (row) => syncState(row.runs) },
      ],
      page.rows,
    ),
  );
  if (page.next !== null) print(`\nMore: --after ${page.next}`);
}

async function whyNoCalls({ ledger }: LedgerAccess, options: ListOptions): Promise<string> {
  const isNarrowed = [options.source, options.search, options.after].some((filter) => filter !== undefined);
  if (isNarrowed) return 'No call fits.';
  const { events, refusals } = await ledger.stats();
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, amount) => total + amount, 0);
  if (sum(events) > 0) return `No calls yet, but ${count(sum(events), 'event')}: ${hookline('events')}`;
  if (sum(refusals) > 0)
    return `No calls yet. ${count(sum(refusals), 'request')} turned away: ${hookline('events refused')}`;
  return `Nothing has arrived yet. Try: ${hookline('send <source> <file>')}`;
}

/** `hookline calls show <id>`: the whole story of one call. */
export async function showCall(access: LedgerAccess, id: string, options: { readonly json?: boolean }): Promise<void> {
  const story = await getCallStory(access, id);
  if (options.json === true) return printJson({ ...story, events: story.events.map(eventToJson) });
  printCall(story.call);
  printEvents(story);
  if (story.unmatched.length > 0) print('\nNot matched');
  for (const line of story.unmatched) print(indent(line, 2));
  for (const { run, attempts } of story.runs) printRun(run, attempts, access.clock.now());
  await printPausesOf(
    story.runs.map(({ run }) => run),
    access,
  );
  printLinks(story);
}

/** An event without its raw body, which may be large and is shown by `events show`. */
export function eventToJson(event: StoredEvent): Record<string, unknown> {
  const { body, ...rest } = event;
  return { ...rest, bodyBytes: body.length };
}

function toJson(row: CallRow): Record<string, unknown> {
  return { call: row.call, events: row.events, runs: row.runs };
}

/** The run that needs most attention speaks for the call. */
export function syncState(runs: readonly RunSummary[]): string {
  const order = ['dead', 'held', 'running', 'due', 'waiting', 'done'] as const;
  const state = order.find((candidate) => runs.some((run) => run.state === candidate));
  return state ?? 'no match';
}

function printCall(call: Call): void {
  print(`Call ${oneLine(call.provider_call_id)} from ${call.source} (${call.platform})`);
  print(`  ${call.id}, version ${call.version}`);
  for (const [label, value] of callFacts(call)) {
    if (value !== null) print(labelled(label, value, { spaces: 2, column: 13 }));
  }
}

function callFacts(call: Call): readonly (readonly [label: string, value: string | null])[] {
  const { status, status_reason: reason, direction, business_number: ours, duration_s: seconds, agent } = call;
  const number = call.customer_number ?? call.customer_number_raw ?? 'unknown';
  const outcomes = Object.entries(call.outcomes).map(([key, value]) => `${oneLine(key)}: ${show(value, 40)}`);
  return [
    ['status', reason === null || reason === status ? status : `${status} (${reason})`],
    ['customer', [number, contactName(call)].filter((part) => part !== '').join(', ')],
    ['direction', ours === null ? direction : `${direction}, our number ${ours}`],
    ['time', `${shortTime(call.started_at)} to ${shortTime(call.ended_at)}${secondsText(seconds)}`],
    ['agent', typeof agent['name'] === 'string' ? agent['name'] : null],
    ['analysis', call.analysis_state],
    ['outcomes', outcomes.length === 0 ? null : outcomes.join(', ')],
    ['summary', call.summary],
    ['recording', call.recording_url],
  ];
}

function secondsText(seconds: number | null): string {
  return seconds === null ? '' : `, ${seconds} s`;
}

function contactName(call: Call): string {
  const parts = [
    call.contact.name ?? [call.contact.first_name, call.contact.last_name].filter(Boolean).join(' '),
    call.contact.email,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

function printEvents(story: CallStory): void {
  print('\nEvents');
  for (const event of story.events) {
    const repeats = event.duplicates === 0 ? '' : `, ${count(event.duplicates, 'duplicate')}`;
    print(
      `  ${shortTime(event.receivedAtMs)}  ${event.type} (${oneLine(event.providerEvent ?? 'no name')})  ${event.state}`,
    );
    print(`      ${event.id}  proof: ${event.proof}${repeats}`);
    for (const note of event.notes) print(indent(`note: ${note}`, 6));
    const join = story.joins.find((candidate) => candidate.eventId === event.id && !candidate.undone);
    if (join !== undefined)
      print(indent(`joined by heuristics: ${join.reason}. Take back: ${hookline(`calls unjoin ${event.id}`)}`, 6));
  }
}

/** One run with its attempts. */
export function printRun(run: RunSummary, attempts: readonly AttemptRow[], nowMs: number): void {
  print(`\nRun ${run.id}`);
  print(`  ${run.integration} → ${run.destination}: ${describeState(run, nowMs)}`);
  if (run.reason !== null && run.state !== 'done') print(indent(run.reason, 4));
  if (run.hint !== null && run.state !== 'done') print(indent(`hint: ${run.hint}`, 4));
  if (run.state === 'dead') print(`    then: ${hookline(`replay ${run.id}`)}`);
  for (const attempt of attempts) printAttempt(attempt);
}

function describeState(run: RunSummary, nowMs: number): string {
  if (run.state === 'due' || run.state === 'waiting') return `${run.state} ${dueTime(run.dueAtMs, nowMs)}`;
  return run.state === 'dead' ? 'dead letter, waits for you' : run.state;
}

function printAttempt(attempt: AttemptRow): void {
  const reason = attempt.outcome.kind === 'done' ? '' : `: ${attempt.outcome.reason}`;
  const tookMs = attempt.finishedAtMs - attempt.startedAtMs;
  print(
    `  attempt ${attempt.number}  ${shortTime(attempt.startedAtMs)}  ${tookMs} ms  call version ${attempt.callVersion}`,
  );
  print(indent(`${attempt.outcome.kind}${reason}`, 4));
  const steps = Array.isArray(attempt.steps) ? attempt.steps : [];
  for (const step of steps) if (isSyncReport(step)) for (const line of reportLines(step, 4)) print(line);
  for (const request of attempt.requests) for (const line of requestLines(request, 4)) print(line);
}

function printLinks(story: CallStory): void {
  if (story.links.length === 0) return;
  print('\nLinks');
  for (const link of story.links)
    print(
      `  ${link.destination} ${link.kind} ${oneLine(link.recordId ?? '(unknown: write in flight)')}  ${oneLine(link.key)}`,
    );
}
