import { getCompileCacheDir } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import type { Statement, Written } from '../database.ts';
import { LedgerUnavailableError } from '../ledger-unavailable-error.ts';
import { packGroup, unpackResult } from './group.ts';
import type { Answer, Reply, Request, ThreadOptions } from './messages.ts';

export interface ThreadLimits {
  /** Beyond this many units, or bytes of parameters, that wait or are under way, new ones are refused at once. */
  readonly maxPending: number;
  readonly maxPendingBytes: number;
  /** A thread with nothing to do for this long ends and gives its memory back; the next submission starts another. */
  readonly endAfterIdleMs?: number;
}

interface Job {
  readonly statements: readonly Statement[];
  readonly bytes: number;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: Error) => void;
}

const MAX_UNITS_PER_GROUP = 256;
/**
 * So many are sent at once to a thread that has nothing to do. Left to the end of the turn, requests that are answered
 * together come back together: the main thread and this one then wait for each other in turn.
 */
const EARLY_UNITS = 8;
/** What a thread handles is gone after each group; a larger nursery would only be memory that is never given back. */
const YOUNG_GENERATION_MB = 8;

/**
 * The near end of a thread that owns one SQLite connection. Whatever is submitted while the thread is busy goes there as
 * one group and is committed together. A thread that dies fails what it had and is started anew by the next submission.
 */
export class SqliteThread {
  readonly #options: ThreadOptions;
  readonly #limits: ThreadLimits;
  /** One group at a time: a second one on its way would only make both smaller. Empty when the thread has nothing to do. */
  #underWay: readonly Job[] = [];
  #waiting: Job[] = [];
  #pending = 0;
  #pendingBytes = 0;
  #worker: Worker | null = null;
  #sending = false;
  #closed = false;
  #idle: (() => void) | null = null;
  #ending: NodeJS.Timeout | undefined;

  constructor(options: ThreadOptions, limits: ThreadLimits) {
    this.#options = options;
    this.#limits = limits;
    // Now, not at the first submission: threads that start side by side start in half the time.
    this.#worker = this.#start();
    // A process that forgets to close, or fails before it could, ends all the same; work under way keeps it alive.
    this.#worker.unref();
  }

  /** Runs the statements, all or nothing. Resolves after the commit. */
  submit(statements: readonly Statement[]): Promise<Written> {
    if (this.#closed) return Promise.reject(new LedgerUnavailableError('CLOSED', 'The ledger is closed.'));
    const bytes = sizeOf(statements);
    if (this.#pending >= this.#limits.maxPending || this.#pendingBytes + bytes > this.#limits.maxPendingBytes) {
      return Promise.reject(new LedgerUnavailableError('OVERLOADED', this.#overload()));
    }
    if (this.#pending === 0) this.#stayAlive();
    this.#pending += 1;
    this.#pendingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements, bytes, resolve, reject });
      if (this.#underWay.length === 0 && this.#waiting.length >= EARLY_UNITS) this.#send();
      else this.#sendSoon();
    });
  }

  /** Finishes what was submitted, then closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#ending);
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    const worker = this.#worker;
    if (worker === null) return;
    worker.ref();
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    post(worker, 'close');
    await gone;
  }

  /** At the end of this turn of the event loop, so that requests read in one turn share a commit. */
  #sendSoon(): void {
    if (this.#sending) return;
    this.#sending = true;
    setImmediate(() => {
      this.#sending = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#waiting.length === 0 || this.#underWay.length > 0) return;
    const jobs = this.#waiting.slice(0, MAX_UNITS_PER_GROUP);
    this.#waiting = this.#waiting.slice(MAX_UNITS_PER_GROUP);
    this.#underWay = jobs;
    try {
      this.#worker ??= this.#start();
      post(this.#worker, packGroup(jobs.map(({ statements }) => statements)));
    } catch (error) {
      // No memory for a thread, or a value no message can carry: no reason to leave anybody waiting for ever.
      const failed = { kind: 'unavailable', code: 'NOT_SENT', message: String(error) } as const;
      this.#settle(jobs.map(() => failed));
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
      workerData: this.#options,
      // Needs no environment, so it gets none of the secrets in it.
      env: compileCache(),
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    let cause: unknown;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => (cause = error));
    worker.on('exit', () => this.#bury(worker, cause));
    return worker;
  }

  #settle(answers: Reply): void {
    const jobs = this.#underWay;
    this.#underWay = [];
    for (const [index, job] of jobs.entries()) this.#finish(job, answers[index]);
    this.#send();
  }

  #finish(job: Job, answer: Answer | undefined): void {
    this.#pending -= 1;
    this.#pendingBytes -= job.bytes;
    if (answer?.kind === 'written') job.resolve({ kind: 'written', results: answer.results.map(unpackResult) });
    else if (answer?.kind === 'refused') job.resolve(answer);
    else job.reject(toError(answer, job));
    if (this.#pending > 0) return;
    this.#worker?.unref();
    this.#idle?.();
    this.#endWhenIdle();
  }

  #stayAlive(): void {
    this.#worker?.ref();
    clearTimeout(this.#ending);
  }

  #endWhenIdle(): void {
    const { endAfterIdleMs } = this.#limits;
    if (endAfterIdleMs === undefined || this.#closed) return;
    this.#ending = setTimeout(() => {
      if (this.#worker !== null) post(this.#worker, 'close');
      this.#worker = null;
    }, endAfterIdleMs);
    this.#ending.unref();
  }

  #bury(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const lost = this.#underWay;
    this.#underWay = [];
    const died = {
      kind: 'unavailable',
      code: 'THREAD_DIED',
      message: `The ledger thread died: ${String(cause)}`,
    } as const;
    for (const job of lost) this.#finish(job, died);
    this.#send();
  }

  #overload(): string {
    const { maxPending, maxPendingBytes } = this.#limits;
    return (
      `${this.#pending} units of ${this.#pendingBytes} bytes wait for the ledger's disk; ` +
      `at most ${maxPending} units and ${maxPendingBytes} bytes may.`
    );
  }
}

function post(worker: Worker, request: Request): void {
  worker.postMessage(request, request === 'close' ? [] : [request.bytes.buffer]);
}

/** Threads find what the main thread stripped only when told where; else each loads a stripper of 10 MB. */
function compileCache(): Record<string, string> {
  const versioned = getCompileCacheDir();
  return versioned === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(versioned) };
}

function toError(answer: Extract<Answer, { code: string }> | undefined, job: Job): Error {
  if (answer?.kind === 'unavailable')
    return new LedgerUnavailableError(answer.code, `${answer.code}: ${answer.message}`);
  const sql = job.statements.map((statement) => statement.sql).join('; ');
  return new Error(`The ledger refused a statement: ${answer?.message ?? 'no answer'} (${sql.slice(0, 500)})`);
}

function sizeOf(statements: readonly Statement[]): number {
  let bytes = 0;
  for (const { parameters } of statements) {
    for (const value of parameters) {
      if (typeof value === 'string') bytes += value.length;
      else if (value instanceof Uint8Array) bytes += value.byteLength;
    }
  }
  return bytes;
}
