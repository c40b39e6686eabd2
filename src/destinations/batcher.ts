import type { Urgency } from '../domain/urgency.ts';
import type { After } from '../shared/after.ts';
import { inOrder, mostUrgent } from './batch-order.ts';
import type { Failure, RequestContext } from './destination.ts';

/** Records that wait at the same moment share a request, as a DataLoader's keys do (decision 0005). */
export interface BatcherOptions<Item, Answer> {
  /** Rows one request may carry. */
  readonly maxRows: number;
  /** Where rows differ in size: what one weighs, and how much a request may carry. */
  readonly weight?: { readonly of: (item: Item) => number; readonly max: number };
  /** Two items of one key never stand in one request. */
  readonly keyOf: (item: Item) => string;
  /** True: one row answers all items of its key (reads). False: the later one waits for the next request (writes). */
  readonly sharesRows: boolean;
  /**
   * Sends one request. It calls `take` when its turn has come, once, and settles every row it took; rows that it leaves
   * unsettled, or did not take, fail as `unknown`.
   */
  readonly send: (take: () => Promise<readonly Row<Item, Answer>[]>, leader: RequestContext) => Promise<void>;
  readonly after: After;
}

/** One row of a request. */
export interface Row<Item, Answer> {
  readonly item: Item;
  /** Everybody who waits for its answer; one where rows are not shared. */
  readonly contexts: readonly RequestContext[];
  settle(answer: Answer | Failure): void;
}

export type Load<Item, Answer> = (item: Item, context: RequestContext) => Promise<Answer | Failure>;

/** How long to wait for more: since the last item, and since the first. */
interface Patience {
  readonly quietMs: number;
  readonly longestMs: number;
}

/** Calls come one by one: whoever waits alone need not wait long. */
const CALM: Patience = { quietMs: 30, longestMs: 300 };
/** The last request carried some rows: a few more may come. */
const BUSY: Patience = { quietMs: 100, longestMs: 500 };
/** It carried so many that there is a backlog: full requests bring it through soonest, and spare the daily quota. */
const BACKLOG: Patience = { quietMs: 3_000, longestMs: 3_000 };
const BUSY_ROWS = 5;
const BACKLOG_ROWS = 25;

interface Waiter<Item, Answer> {
  readonly item: Item;
  readonly key: string;
  readonly context: RequestContext;
  readonly settle: (answer: Answer | Failure) => void;
  /** Requests that left without it, because others were more urgent or there was no room. */
  passedOver: number;
  taken: boolean;
  settled: boolean;
}

/** Collects items and sends them together: at once when a request is full, else when nothing more comes. */
export function createBatcher<Item, Answer>(options: BatcherOptions<Item, Answer>): Load<Item, Answer> {
  const collector = new Collector(options);
  return (item, context) => collector.load(item, context);
}

class Collector<Item, Answer> {
  readonly #options: BatcherOptions<Item, Answer>;
  #waiting: Waiter<Item, Answer>[] = [];
  /** Requests that wait for their turn and have taken nothing yet. */
  #announced = 0;
  /** Items since the last request was announced; a timer runs while there are any. */
  #timers: (() => void)[] = [];
  #isRipe = false;
  #patience = CALM;

  constructor(options: BatcherOptions<Item, Answer>) {
    this.#options = options;
  }

  load(item: Item, context: RequestContext): Promise<Answer | Failure> {
    const { promise, resolve } = Promise.withResolvers<Answer | Failure>();
    const leave = (): void => waiter.settle(interrupted(waiter.taken));
    const waiter: Waiter<Item, Answer> = {
      item,
      key: this.#options.keyOf(item),
      context,
      passedOver: 0,
      taken: false,
      settled: false,
      settle(answer) {
        waiter.settled = true;
        context.signal.removeEventListener('abort', leave);
        resolve(answer);
      },
    };
    if (context.signal.aborted) return Promise.resolve(interrupted(false));
    context.signal.addEventListener('abort', leave, { once: true });
    this.#waiting.push(waiter);
    this.#restartTimers();
    this.#announce();
    return promise;
  }

  /** One request for every full load, and one for the rest once it is ripe. */
  #announce(): void {
    const { maxRows } = this.#options;
    while (this.#waiting.length >= maxRows * (this.#announced + 1)) this.#start();
    if (this.#isRipe && this.#announced === 0 && this.#waiting.length > 0) this.#start();
  }

  #start(): void {
    const leader = this.#waiting.find(({ settled }) => !settled)?.context ?? this.#waiting[0]?.context;
    if (leader === undefined) return;
    this.#announced += 1;
    this.#isRipe = false;
    const urgencyNow = (): Urgency => mostUrgent(this.#waiting) ?? leader.urgency;
    void this.#sendOne({
      ...leader,
      sendShared: (build, effect, limitClass) => leader.sendShared(build, effect, limitClass, urgencyNow),
    });
  }

  async #sendOne(leader: RequestContext): Promise<void> {
    const taken: Row<Item, Answer>[] = [];
    let isTaken = false;
    const take = async (): Promise<readonly Row<Item, Answer>[]> => {
      if (isTaken) throw new Error('a request takes its rows once');
      isTaken = true;
      this.#announced -= 1;
      taken.push(...(await withoutLost(this.#takeRows())));
      return taken;
    };
    let reason = 'the request was given up';
    try {
      await this.#options.send(take, leader);
    } catch (error) {
      reason = `Unexpected failure: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (!isTaken) await take();
    for (const row of taken) row.settle({ kind: 'unknown', reason });
    if (this.#waiting.length > 0) this.#restartTimers();
    this.#announce();
  }

  #takeRows(): readonly Row<Item, Answer>[] {
    const { sharesRows } = this.#options;
    const rows = new Map<string, Waiter<Item, Answer>[]>();
    const left = new Set<Waiter<Item, Answer>>();
    const hasRoomFor = this.#createRoom();
    for (const waiter of inOrder(this.#waiting)) {
      const row = rows.get(waiter.key);
      if (row === undefined ? !hasRoomFor(waiter.item) : !sharesRows) left.add(waiter);
      else if (row === undefined) rows.set(waiter.key, [waiter]);
      else row.push(waiter);
    }
    // In order of arrival, as they were.
    this.#waiting = this.#waiting.filter((waiter) => left.has(waiter));
    for (const waiter of left) waiter.passedOver += 1;
    this.#patience = patienceAfter(rows.size);
    this.#isRipe = false;
    this.#stopTimers();
    if (left.size > 0) this.#restartTimers();
    return [...rows.values()].map((waiters) => toRow(waiters));
  }

  /** Takes up room when it says yes. The first row always has room, or it would wait for ever. */
  #createRoom(): (item: Item) => boolean {
    const { maxRows, weight } = this.#options;
    let count = 0;
    let total = 0;
    return (item) => {
      total += weight?.of(item) ?? 0;
      count += 1;
      return count === 1 || (count <= maxRows && total <= (weight?.max ?? total));
    };
  }

  #stopTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
  }

  #restartTimers(): void {
    const [quiet, longest] = this.#timers;
    quiet?.();
    const ripen = (): void => {
      this.#stopTimers();
      this.#isRipe = true;
      this.#announce();
    };
    const { after } = this.#options;
    const { quietMs, longestMs } = this.#patience;
    this.#timers = [after(quietMs, ripen), longest ?? after(longestMs, ripen)];
  }
}

function patienceAfter(rows: number): Patience {
  if (rows >= BACKLOG_ROWS) return BACKLOG;
  return rows >= BUSY_ROWS ? BUSY : CALM;
}

function toRow<Item, Answer>(waiters: readonly Waiter<Item, Answer>[]): Row<Item, Answer> {
  const [first] = waiters;
  if (first === undefined) throw new Error('a row belongs to somebody');
  for (const waiter of waiters) waiter.taken = true;
  return {
    item: first.item,
    contexts: waiters.map(({ context }) => context),
    settle(answer) {
      for (const waiter of waiters.filter(({ settled }) => !settled)) waiter.settle(answer);
    },
  };
}

/** Whoever stood still too long has lost his run to another worker, and takes no part. */
export async function withoutLost<Item, Answer>(
  rows: readonly Row<Item, Answer>[],
): Promise<readonly Row<Item, Answer>[]> {
  const held = await Promise.all(
    rows.map(({ contexts }) =>
      Promise.all(contexts.map((context) => context.stillHeld())).then((all) => all.includes(true)),
    ),
  );
  for (const [index, row] of rows.entries()) {
    if (held[index] !== true)
      row.settle({ kind: 'retry', reason: 'another worker may have taken over, so it was not sent' });
  }
  return rows.filter((_row, index) => held[index] === true);
}

/** What was taken may be on its way. */
function interrupted(taken: boolean): Failure {
  const reason = 'the run was interrupted';
  return taken ? { kind: 'unknown', reason } : { kind: 'retry', reason };
}
