import type { Ledger } from '../../ledger/ledger.ts';
import type { TortureCrm } from '../crm/torture-crm.ts';
import { hashBody } from '../traffic/delivery.ts';
import type { Traffic } from '../traffic/senders.ts';
import { compareCrm, problemsOf, type CrmComparison, type CrmState } from './compare.ts';
import { expectCrm } from './expected.ts';

export interface Verdict {
  readonly ledger: LedgerComparison;
  readonly crms: ReadonlyMap<string, CrmComparison>;
  /** What is not as it must be, in words; empty when all is well. */
  readonly problems: readonly string[];
}

export interface LedgerComparison {
  readonly acknowledged: number;
  readonly stored: number;
  readonly duplicates: number;
  /** Acknowledged and not there. */
  readonly lost: readonly string[];
  /** There and never sent. */
  readonly unknown: readonly string[];
}

export interface EndState {
  readonly ledger: Pick<Ledger, 'listEvents' | 'stats'>;
  readonly crms: ReadonlyMap<string, CrmState>;
  readonly traffic: Pick<Traffic, 'acknowledged' | 'calls' | 'otherAnswers'>;
  /** Answers other than 200 that had a reason. */
  readonly toleratedAnswers: ReadonlySet<number>;
}

/** Holds ledger and CRMs against what the platforms remember. */
export async function judge({ ledger, crms, traffic, toleratedAnswers }: EndState): Promise<Verdict> {
  const stored = await compareLedger(ledger, traffic);
  const expected = expectCrm(traffic.calls.flatMap((call) => call.expected ?? []));
  const comparisons = new Map([...crms].map(([name, state]) => [name, compareCrm(expected, state)]));
  const { runs } = await ledger.stats();
  return {
    ledger: stored,
    crms: comparisons,
    problems: [
      ...stored.lost.map((key) => `ledger: ${key} was acknowledged and is lost`),
      ...stored.unknown.map((key) => `ledger: ${key} was never sent`),
      ...[...traffic.otherAnswers]
        .filter(([status]) => !toleratedAnswers.has(status))
        .map(([status, times]) => `${times} deliveries were answered ${status}`),
      ...(['dead', 'held', 'due', 'waiting', 'running'] as const)
        .filter((state) => runs[state] > 0)
        .map((state) => `${runs[state]} runs are ${state}`),
      ...[...comparisons].flatMap(([name, comparison]) => problemsOf(name, comparison)),
    ],
  };
}

/** Every record the CRMs hold. */
export function readCrms(crms: readonly TortureCrm[]): Map<string, CrmState> {
  return new Map(crms.map(({ name, state }) => [name, state()]));
}

async function compareLedger(
  ledger: Pick<Ledger, 'listEvents'>,
  traffic: EndState['traffic'],
): Promise<LedgerComparison> {
  const stored = new Set<string>();
  let duplicates = 0;
  for await (const event of allEvents(ledger)) {
    stored.add(`${event.source} ${event.bodyHash}`);
    duplicates += event.duplicates;
  }
  const sent = new Set(
    traffic.calls.flatMap(({ deliveries }) => deliveries.map((one) => `${one.source} ${hashBody(one)}`)),
  );
  return {
    acknowledged: traffic.acknowledged.size,
    stored: stored.size,
    duplicates,
    lost: [...traffic.acknowledged].filter((key) => !stored.has(key)),
    unknown: [...stored].filter((key) => !sent.has(key)),
  };
}

async function* allEvents(
  ledger: Pick<Ledger, 'listEvents'>,
): AsyncGenerator<Awaited<ReturnType<Ledger['listEvents']>>['rows'][number]> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Ledger['listEvents']>> = await ledger.listEvents({
      limit: 200,
      ...(after === null ? {} : { after }),
    });
    yield* page.rows;
    after = page.next;
  } while (after !== null);
}
