import type { HttpResponse } from '../../shared/http-client.ts';
import { readRetryAfter } from '../../shared/retry-after.ts';
import type { LimitNews, Rate } from '../rate.ts';
import { readAnswer } from '../rest/answer.ts';
import { silenceFor } from './classify.ts';
import type { HubSpotConfig } from './schema.ts';

/** The class of searches: five a second for the whole account, whoever asks (hubspot.md section 9.2). */
export const SEARCH = 'search';

/** One less than allowed: their second and ours do not begin at once. */
export const SEARCH_RATE: Rate = { max_in_flight: 4, per: [{ n: 4, seconds: 1 }] };

/** The smallest plan's (hubspot.md section 9.1), until the headers tell. */
const BURST = { n: 100, seconds: 10 };
const IN_FLIGHT = 8;

/**
 * More than search, contacts, calls and associations hold together without any of them being full (99 + 99 + 99 + 199):
 * so in a backlog some request is always full, and none has to leave half empty.
 */
export const RUNS_IN_FLIGHT = 600;

export function generalRate({ rate }: HubSpotConfig): Rate {
  return rate ?? { max_in_flight: IN_FLIGHT, per: spread(BURST) };
}

/**
 * The window as HubSpot counts it, with a twentieth to spare for requests that were slow on their way, and a tenth of it
 * per tenth of its length: a burst that spends the whole window at once would make everybody wait for its end.
 */
function spread({ n, seconds }: Rate['per'][number]): Rate['per'] {
  return [
    { n: Math.max(1, Math.floor(n * 0.95)), seconds },
    { n: Math.max(1, Math.floor(n / 10)), seconds: seconds / 10 },
  ];
}

/** What an answer tells: the window in its headers (none on searches), and how long a 429 asks for silence. */
export function createReadLimits({ rate }: HubSpotConfig): (answer: HttpResponse) => LimitNews | null {
  return (answer) => {
    // What the operator wrote stands.
    const per = rate === undefined ? statedWindow(answer) : null;
    const silentForMs = answer.status === 429 ? silence(answer) : null;
    return { ...(per === null ? {} : { per }), ...(silentForMs === null ? {} : { silentForMs }) };
  };
}

function statedWindow({ headers }: HttpResponse): Rate['per'] | null {
  const n = Number(headers['x-hubspot-ratelimit-max']);
  const seconds = Number(headers['x-hubspot-ratelimit-interval-milliseconds']) / 1000;
  return n >= 1 && n <= 10_000 && seconds >= 1 && seconds <= 60 ? spread({ n, seconds }) : null;
}

function silence(answer: HttpResponse): number {
  const stated = readRetryAfter(answer.headers['retry-after'], 0);
  return stated ?? silenceFor(readAnswer(answer));
}
