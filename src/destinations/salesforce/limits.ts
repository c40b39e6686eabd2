import type { Clock } from '../../shared/clock.ts';
import type { HttpResponse } from '../../shared/http-client.ts';
import type { LimitNews, Rate } from '../rate.ts';
import type { SalesforceConfig } from './schema.ts';

/** Requests are large and few; 25 that run for 20 seconds are all an org allows (salesforce.md section 4.10). */
const DEFAULT_RATE: Rate = { max_in_flight: 4, per: [] };

/**
 * More than queries, searches, people and Tasks hold together without any of them being full (4 × 199): so in a backlog
 * some request is always full, and none has to leave half empty.
 */
export const RUNS_IN_FLIGHT = 800;

export function rateOf({ rate }: Pick<SalesforceConfig, 'rate'>): Rate {
  return rate ?? DEFAULT_RATE;
}

/** The day is the last 24 hours, so room comes back all the time: worth another look. */
const LOOK_AGAIN_MS = 15 * 60_000;

export interface DailyUsage {
  readonly used: number;
  readonly limit: number;
}

/** `Sforce-Limit-Info: api-usage=18/15000`: on every answer of the REST API; null on others. */
export function readUsage({ headers }: Pick<HttpResponse, 'headers'>): DailyUsage | null {
  const [, used, limit] = /api-usage=(\d+)\/(\d+)/.exec(headers['sforce-limit-info'] ?? '') ?? [];
  return used === undefined || limit === undefined ? null : { used: Number(used), limit: Number(limit) };
}

/** Other apps share the org's day: what is left over for them is theirs. */
export function createReadLimits(
  { daily_share: share }: Pick<SalesforceConfig, 'daily_share'>,
  clock: Clock,
): (answer: HttpResponse) => LimitNews | null {
  return (answer) => {
    const usage = readUsage(answer);
    if (usage === null || usage.limit === 0 || usage.used < usage.limit * share) return null;
    const reason = `${count(usage.used)} of the org's ${count(usage.limit)} daily API requests are used, by all apps together`;
    const hint = `daily_share is ${share}: Hookline waits above that. It goes on by itself when there is room again.`;
    return { pause: { reason, hint, untilMs: clock.now() + LOOK_AGAIN_MS } };
  };
}

/** `100,000` */
export function count(requests: number): string {
  return requests.toLocaleString('en-US');
}
