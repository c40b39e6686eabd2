import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Exit } from '../../test/support/start-process.ts';
import { compareCrm, problemsOf, type CrmComparison } from './compare.ts';
import { hashBody } from './delivery.ts';
import { expectCrm } from './expected.ts';
import type { Traffic } from './senders.ts';
import type { Stage } from './stage.ts';

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

type ReadableLedger = Pick<Ledger, 'listEvents' | 'stats'>;

/** Holds ledger and CRMs against what the platforms remember. */
export async function judge(stage: Stage, ledger: ReadableLedger, traffic: Traffic, exit: Exit): Promise<Verdict> {
  const stored = await compareLedger(ledger, traffic);
  const expected = expectCrm(traffic.calls.flatMap((call) => call.expected ?? []));
  const crms = new Map<string, CrmComparison>();
  for (const crm of stage.crms) crms.set(crm.name, compareCrm(expected, await crm.state()));
  const { runs } = await ledger.stats();
  return {
    ledger: stored,
    crms,
    problems: [
      ...stored.lost.map((key) => `ledger: ${key} was acknowledged and is lost`),
      ...stored.unknown.map((key) => `ledger: ${key} was never sent`),
      ...[...traffic.otherAnswers]
        .filter(([status]) => status !== 503)
        .map(([status, times]) => `${times} deliveries were answered ${status}`),
      ...(['dead', 'held', 'due', 'waiting', 'running'] as const)
        .filter((state) => runs[state] > 0)
        .map((state) => `${runs[state]} runs are ${state}`),
      ...[...crms].flatMap(([name, comparison]) => problemsOf(name, comparison)),
      ...(exit.code === 0 ? [] : [`SIGTERM ended the daemon with code ${exit.code}, signal ${exit.signal}`]),
    ],
  };
}

async function compareLedger(ledger: ReadableLedger, traffic: Traffic): Promise<LedgerComparison> {
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
  ledger: ReadableLedger,
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
