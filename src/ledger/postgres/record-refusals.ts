import type { Database } from '../database.ts';
import { prepareRefusal } from '../events/record-refusal.ts';
import type { Ledger, NewRefusal } from '../ledger.ts';
import { Gatherer, type GatherLimits, type GroupAnswer } from './gatherer.ts';

/** Nobody waits for a refusal. */
const LIMITS: GatherLimits = {
  groupsUnderWay: 1,
  itemsPerGroup: 100,
  bytesPerGroup: 1024 ** 2,
  maxPending: 20_000,
  maxPendingBytes: 64 * 1024 ** 2,
  deadlineMs: 60_000,
};

export interface RecordRefusals {
  readonly recordRefusal: Ledger['recordRefusal'];
  drained(): Promise<void>;
}

/** The count of a cause is one row that every refusal changes: written one by one they would queue for it. */
export function createRecordRefusals(database: Database): RecordRefusals {
  const { keep, drop } = prepareRefusal(database);
  const run = async (refusals: readonly NewRefusal[]): Promise<GroupAnswer<void>> => {
    // In one order in every process: two groups must not wait for each other's causes.
    const ordered = refusals.toSorted((left, right) => (left.cause < right.cause ? -1 : 1));
    try {
      await database.write([...ordered.flatMap(keep), drop]);
      return { kind: 'answered', answers: refusals.map(() => ({ kind: 'done', result: undefined })) };
    } catch (error) {
      return { kind: 'answered', answers: refusals.map(() => ({ kind: 'failed', error: error as Error })) };
    }
  };
  const gatherer = new Gatherer<NewRefusal, void>(run, () => 200, LIMITS);
  return { recordRefusal: (refusal) => gatherer.submit(refusal), drained: () => gatherer.drained() };
}
