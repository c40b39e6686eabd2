import type { JsonObject } from '../../../domain/json.ts';
import type { Org } from './org.ts';
import { Refusal } from './refusals.ts';
import { WindowOf } from './window-of.ts';

export type Limit = 'daily' | 'concurrent';

const MESSAGES: Readonly<Record<Limit, string>> = {
  daily: 'TotalRequests Limit exceeded.',
  concurrent: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
};

/** 403 for both, without a word on when to come back. */
export function overLimit(limit: Limit): Refusal {
  return new Refusal(403, { code: 'REQUEST_LIMIT_EXCEEDED', message: MESSAGES[limit] });
}

/** API requests of the last 24 hours. */
export class Limits {
  readonly #org: Org;
  readonly #day: WindowOf;

  constructor(org: Org) {
    this.#org = org;
    this.#day = new WindowOf(24 * 60 * 60 * 1000, org.options.daily);
  }

  /** Counts a request; throws 403 when there are too many. */
  take(): void {
    if (!this.#day.take(this.#org.now())) throw overLimit('daily');
  }

  /** As if so many requests had been made by others. */
  spendDaily(requests: number): void {
    this.#day.add(this.#org.now(), requests);
  }

  headers(): Readonly<Record<string, string>> {
    return { 'Sforce-Limit-Info': `api-usage=${this.#used()}/${this.#org.options.daily}` };
  }

  show(): JsonObject {
    const { daily } = this.#org.options;
    const full = { Max: 15_000, Remaining: 15_000 };
    return {
      ConcurrentAsyncGetReportInstances: { Max: 200, Remaining: 200 },
      DailyApiRequests: { Max: daily, Remaining: daily - this.#used() },
      DailyBulkApiBatches: full,
      DataStorageMB: { Max: 1024, Remaining: 1000 },
      FileStorageMB: { Max: 1024, Remaining: 1000 },
    };
  }

  #used(): number {
    return Math.min(this.#day.used(this.#org.now()), this.#org.options.daily);
  }
}
