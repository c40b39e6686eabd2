import { LedgerUnavailableError } from '../ledger-unavailable-error.ts';

export interface GatherLimits {
  /** At most so many at the same time; more than one only beside groups that are slow, since large groups cost less. */
  readonly groupsUnderWay: number;
  readonly itemsPerGroup: number;
  readonly bytesPerGroup: number;
  /** Beyond this many items, or bytes, that wait or are under way, new ones are refused at once. */
  readonly maxPending: number;
  readonly maxPendingBytes: number;
  /** An item without an answer by then is refused. */
  readonly deadlineMs: number;
}

export type ItemAnswer<Result> =
  { readonly kind: 'done'; readonly result: Result } | { readonly kind: 'failed'; readonly error: Error };

export type GroupAnswer<Result> =
  | { readonly kind: 'answered'; readonly answers: readonly ItemAnswer<Result>[] }
  /** Nothing was sent: the items are tried again until their deadline. */
  | { readonly kind: 'unreachable'; readonly error: Error };

interface Job<Item, Result> {
  readonly item: Item;
  readonly bytes: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  settled: boolean;
}

const PAUSE_MS = 100;
/** A group under way for so long is slow: longer than a commit takes on most disks. */
const SLOW_MS = 25;
/**
 * So many are sent at once when no group is under way. Left to the end of the turn, requests that are answered together come
 * back together: this process and PostgreSQL then wait for each other in turn.
 */
const EARLY_ITEMS = 16;

/**
 * Group commit: whatever is submitted while a group is under way is gathered and goes as the next group. `run` never
 * rejects and answers the items in their order.
 */
export class Gatherer<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<GroupAnswer<Result>>;
  readonly #sizeOf: (item: Item) => number;
  readonly #limits: GatherLimits;
  #waiting: Job<Item, Result>[] = [];
  #groups = 0;
  #slowGroups = 0;
  #pending = 0;
  #pendingBytes = 0;
  #scheduled = false;
  #idle: (() => void) | null = null;

  constructor(
    run: (items: readonly Item[]) => Promise<GroupAnswer<Result>>,
    sizeOf: (item: Item) => number,
    limits: GatherLimits,
  ) {
    this.#run = run;
    this.#sizeOf = sizeOf;
    this.#limits = limits;
  }

  submit(item: Item): Promise<Result> {
    const bytes = this.#sizeOf(item);
    const { maxPending, maxPendingBytes, deadlineMs } = this.#limits;
    // One by itself is taken however large it is: refused once, it would be refused for ever.
    if (this.#pending >= maxPending || (this.#pending > 0 && this.#pendingBytes + bytes > maxPendingBytes)) {
      return Promise.reject(new LedgerUnavailableError('OVERLOADED', this.#overload()));
    }
    this.#pending += 1;
    this.#pendingBytes += bytes;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#finish(job, late(deadlineMs)), deadlineMs);
      const job: Job<Item, Result> = { item, bytes, timer, resolve, reject, settled: false };
      this.#waiting.push(job);
      if (this.#groups === 0 && this.#waiting.length >= EARLY_ITEMS) this.#pump();
      else this.#schedule();
    });
  }

  /** Resolves when everything that was submitted has its answer. */
  async drained(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  /** At the end of this turn of the event loop, so that requests read in one turn share a commit. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#groups < this.#limits.groupsUnderWay && this.#groups === this.#slowGroups) {
      const jobs = this.#takeGroup();
      if (jobs.length === 0) return;
      this.#groups += 1;
      void this.#send(jobs);
    }
  }

  #takeGroup(): readonly Job<Item, Result>[] {
    const open = this.#waiting.filter((job) => !job.settled);
    let bytes = 0;
    let count = 0;
    for (const job of open.slice(0, this.#limits.itemsPerGroup)) {
      bytes += job.bytes;
      if (count > 0 && bytes > this.#limits.bytesPerGroup) break;
      count += 1;
    }
    this.#waiting = open.slice(count);
    return open.slice(0, count);
  }

  async #send(jobs: readonly Job<Item, Result>[]): Promise<void> {
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      this.#slowGroups += 1;
      this.#pump();
    }, SLOW_MS);
    const answer = await this.#run(jobs.map((job) => job.item));
    if (answer.kind === 'unreachable') {
      this.#waiting = [...jobs, ...this.#waiting];
      // The slot is kept meanwhile: there is no hurry to be told the same again.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } else {
      for (const [index, job] of jobs.entries()) this.#finish(job, answer.answers[index] ?? missing());
    }
    clearTimeout(timer);
    this.#groups -= 1;
    if (isSlow) this.#slowGroups -= 1;
    this.#pump();
  }

  #finish(job: Job<Item, Result>, answer: ItemAnswer<Result>): void {
    if (job.settled) return;
    job.settled = true;
    clearTimeout(job.timer);
    this.#pending -= 1;
    this.#pendingBytes -= job.bytes;
    if (answer.kind === 'done') job.resolve(answer.result);
    else job.reject(answer.error);
    if (this.#pending === 0) this.#idle?.();
  }

  #overload(): string {
    const { maxPending, maxPendingBytes } = this.#limits;
    return (
      `${this.#pending} items of ${this.#pendingBytes} bytes wait for PostgreSQL; ` +
      `at most ${maxPending} items and ${maxPendingBytes} bytes may.`
    );
  }
}

function late(deadlineMs: number): ItemAnswer<never> {
  const message = `PostgreSQL cannot be used: no answer within ${deadlineMs} ms.`;
  return { kind: 'failed', error: new LedgerUnavailableError('TIMEOUT', message) };
}

function missing(): ItemAnswer<never> {
  return { kind: 'failed', error: new Error('A group was answered with fewer answers than it had items.') };
}
