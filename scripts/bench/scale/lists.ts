import { RUN_STATES } from '../../../src/domain/run.ts';
import type { Ledger, ListFilter } from '../../../src/ledger/ledger.ts';
import { SOURCE } from './fill-ledger.ts';

const TIMES = 10;

export interface ListTime {
  readonly list: string;
  readonly medianMs: number;
  readonly worstMs: number;
}

type Listed = Pick<
  Ledger,
  'listCalls' | 'listEvents' | 'listRuns' | 'listRefusals' | 'callStory' | 'findRun' | 'findEvent' | 'personHistory'
>;

/** Every list and search that the command line offers. The first time of each is not counted: the disk's cache is cold. */
export async function measureLists(ledger: Listed, calls: number): Promise<readonly ListTime[]> {
  const times: ListTime[] = [];
  for (const [list, ask] of await questions(ledger, calls)) times.push(await measure(list, ask));
  return times;
}

async function measure(list: string, ask: () => Promise<unknown>): Promise<ListTime> {
  await ask();
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const startedAtMs = performance.now();
    await ask();
    times.push(performance.now() - startedAtMs);
  }
  const sorted = times.toSorted((left, right) => left - right);
  return { list, medianMs: sorted[Math.floor(TIMES / 2)] ?? 0, worstMs: sorted.at(-1) ?? 0 };
}

type Question = readonly [list: string, ask: () => Promise<unknown>];

async function questions(ledger: Listed, calls: number): Promise<readonly Question[]> {
  const known = await findKnown(ledger, calls);
  return [
    ...listQuestions(ledger, known.call),
    ...searchQuestions(ledger, [...Object.values(known), 'nothing like it']),
    ['calls show', () => ledger.callStory(known.call)],
    ['events show', () => ledger.findEvent(known.event)],
    ['runs show', () => ledger.findRun(known.run)],
    ['history of a person', () => ledger.personHistory(known.phone)],
  ];
}

/** What an operator may search for, of a call in the middle of the ledger. */
async function findKnown(ledger: Listed, calls: number) {
  const providerCallId = `call_${Math.floor(calls / 2)}`;
  const story = await ledger.callStory(providerCallId);
  const [run] = story?.runs ?? [];
  const [event] = story?.events ?? [];
  if (story === null || run === undefined || event === undefined)
    throw new Error(`${providerCallId} is not in the ledger.`);
  const phone = story.call.customer_number ?? '';
  return { providerCallId, call: story.call.id, run: run.run.id, event: event.id, phone };
}

function listQuestions(ledger: Listed, inTheMiddle: string): readonly Question[] {
  const all: ListFilter = { limit: 25 };
  return [
    ['calls', () => ledger.listCalls(all)],
    ['calls --after', () => ledger.listCalls({ ...all, after: inTheMiddle })],
    ['calls --source', () => ledger.listCalls({ ...all, source: SOURCE })],
    ['calls --source of nobody', () => ledger.listCalls({ ...all, source: 'nobody' })],
    ['events', () => ledger.listEvents(all)],
    ['events --source', () => ledger.listEvents({ ...all, source: SOURCE })],
    ['events refused', () => ledger.listRefusals(all)],
    ['runs', () => ledger.listRuns(all)],
    ['runs --source', () => ledger.listRuns({ ...all, source: SOURCE })],
    ...RUN_STATES.map((state): Question => [`runs --state ${state}`, () => ledger.listRuns({ ...all, state })]),
  ];
}

function searchQuestions(ledger: Listed, searched: readonly string[]): readonly Question[] {
  return searched.flatMap((search): readonly Question[] => {
    const filter: ListFilter = { limit: 25, search };
    return [
      [`calls --search ${kindOf(search)}`, () => ledger.listCalls(filter)],
      [`events --search ${kindOf(search)}`, () => ledger.listEvents(filter)],
      [`runs --search ${kindOf(search)}`, () => ledger.listRuns(filter)],
    ];
  });
}

function kindOf(search: string): string {
  if (search.startsWith('+')) return 'phone';
  if (/^call_\d+$/.test(search)) return 'platform id';
  return search.includes('_') ? `${search.split('_')[0]} id` : 'something else';
}
