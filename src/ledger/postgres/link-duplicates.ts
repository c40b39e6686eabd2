import type { Pool } from 'pg';

import type { LinkDuplicate, LinkParameters } from '../events/record-event.ts';
import type { Statement } from '../database.ts';
import { Gatherer, type GatherLimits, type GroupAnswer } from './gatherer.ts';
import { DEADLINE_MS } from './insert-events.ts';
import { writeList } from './write-list.ts';

const LIMITS: GatherLimits = {
  groupsUnderWay: 1,
  itemsPerGroup: 256,
  bytesPerGroup: 1024 ** 2,
  maxPending: 10_000,
  maxPendingBytes: 64 * 1024 ** 2,
  deadlineMs: DEADLINE_MS,
};

export interface LinkDuplicates {
  readonly link: LinkDuplicate;
  drained(): Promise<void>;
}

/** A sender that got no answer sends everything again: duplicates are acknowledged in groups, as first deliveries are. */
export function createLinkDuplicates(pool: Pool, link: (of: LinkParameters) => Statement): LinkDuplicates {
  const run = async (group: readonly LinkParameters[]): Promise<GroupAnswer<string | null>> => {
    // In one order in every process: two groups must not wait for each other's rows.
    const ordered = group.toSorted((left, right) => (left.receipt_key < right.receipt_key ? -1 : 1));
    try {
      const written = await writeList(pool, ordered.map(link));
      const results = written.kind === 'written' ? written.results : [];
      const ids = new Map(ordered.map((of, index) => [of, idOf(results[index]?.rows ?? [])]));
      return { kind: 'answered', answers: group.map((of) => ({ kind: 'done', result: ids.get(of) ?? null })) };
    } catch (error) {
      return { kind: 'answered', answers: group.map(() => ({ kind: 'failed', error: error as Error })) };
    }
  };
  const gatherer = new Gatherer<LinkParameters, string | null>(run, () => 400, LIMITS);
  return { link: (of) => gatherer.submit(of), drained: () => gatherer.drained() };
}

function idOf(rows: readonly unknown[]): string | null {
  const [linked] = rows;
  return linked === undefined ? null : (linked as { readonly event_id: string }).event_id;
}
