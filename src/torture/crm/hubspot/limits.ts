import type { JsonObject } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import type { Token } from './access.ts';
import type { RequestClass } from './api.ts';
import type { Portal } from './portal.ts';

/** Which limit was hit, in HubSpot's word. */
export type Policy = 'TEN_SECONDLY_ROLLING' | 'SECONDLY' | 'DAILY';

const BURST_MS = 10_000;

/** The limits of hubspot.md 9. A request that is refused does not count. */
export class Limits {
  readonly #portal: Portal;
  /** Per token: when its requests of the last 10 s came. */
  readonly #bursts = new Map<string, Window>();
  readonly #searches: Window;
  readonly #tokenRequests: Window;
  readonly #day: Intl.DateTimeFormat;
  #today = '';
  #daily = 0;

  constructor(portal: Portal) {
    this.#portal = portal;
    this.#searches = new Window(1000, portal.options.searchesPerSecond);
    this.#tokenRequests = new Window(BURST_MS, portal.options.tokenRequests);
    this.#day = new Intl.DateTimeFormat('en-CA', { timeZone: portal.options.timeZone });
  }

  /** The limit this request is over; else it is counted. */
  take(token: Token, requestClass: RequestClass): Policy | undefined {
    this.#turnDay();
    if (this.#daily >= this.#portal.options.daily) return 'DAILY';
    const now = this.#portal.now();
    if (requestClass === 'search') {
      if (!this.#searches.take(now)) return 'SECONDLY';
    } else if (this.#countsInBurst(requestClass) && !this.#burstOf(token).take(now)) {
      return 'TEN_SECONDLY_ROLLING';
    }
    this.#daily += 1;
    return undefined;
  }

  /** The token endpoint has a limit of its own; false when it is reached. */
  takeTokenRequest(): boolean {
    return this.#tokenRequests.take(this.#portal.now());
  }

  /** Searches carry none; answers to OAuth tokens carry no daily ones. */
  headers(token: Token, requestClass: RequestClass): Record<string, string> {
    if (requestClass === 'search') return {};
    const { burst, daily } = this.#portal.options;
    const left = this.#burstOf(token).left(this.#portal.now());
    return {
      'X-HubSpot-RateLimit-Max': String(burst),
      'X-HubSpot-RateLimit-Remaining': String(left),
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(BURST_MS),
      // Deprecated, and sent all the same.
      'X-HubSpot-RateLimit-Secondly': String(Math.ceil(burst / 10)),
      'X-HubSpot-RateLimit-Secondly-Remaining': String(Math.min(left, Math.ceil(burst / 10))),
      ...(token.kind === 'oauth'
        ? {}
        : {
            'X-HubSpot-RateLimit-Daily': String(daily),
            'X-HubSpot-RateLimit-Daily-Remaining': String(Math.max(0, daily - this.#daily)),
          }),
    };
  }

  /** As if so many requests had been made today. */
  spendDaily(requests: number): void {
    this.#turnDay();
    this.#daily += requests;
  }

  #turnDay(): void {
    const today = this.#day.format(this.#portal.now());
    if (today !== this.#today) this.#daily = 0;
    this.#today = today;
  }

  #countsInBurst(requestClass: RequestClass): boolean {
    return requestClass !== 'association' || this.#portal.options.associationsCountInBurst;
  }

  #burstOf({ token }: Token): Window {
    const window = this.#bursts.get(token) ?? new Window(BURST_MS, this.#portal.options.burst);
    this.#bursts.set(token, window);
    return window;
  }
}

/** At most so many in any interval of this length. */
class Window {
  readonly #intervalMs: number;
  readonly #max: number;
  #times: number[] = [];

  constructor(intervalMs: number, max: number) {
    this.#intervalMs = intervalMs;
    this.#max = max;
  }

  take(nowMs: number): boolean {
    if (this.left(nowMs) === 0) return false;
    this.#times.push(nowMs);
    return true;
  }

  left(nowMs: number): number {
    const first = this.#times.findIndex((time) => time > nowMs - this.#intervalMs);
    this.#times = first === -1 ? [] : this.#times.slice(first);
    return Math.max(0, this.#max - this.#times.length);
  }
}

const MESSAGES: Readonly<Record<Policy, string>> = {
  TEN_SECONDLY_ROLLING: 'You have reached your ten_secondly_rolling limit.',
  SECONDLY: 'You have reached your secondly limit.',
  DAILY: 'You have reached your daily limit.',
};

/** 429 in its own envelope (hubspot.md 9.1). */
export function answerLimited(policy: Policy, correlationId: string, retryAfter = false): ApiAnswer {
  const body: JsonObject = {
    status: 'error',
    message: MESSAGES[policy],
    errorType: 'RATE_LIMIT',
    correlationId,
    requestId: correlationId,
    policyName: policy,
    groupName: 'publicapi:private-apps:oauth:callsperten',
    category: 'RATE_LIMITS',
  };
  const seconds = policy === 'TEN_SECONDLY_ROLLING' ? '10' : '1';
  return { status: 429, body, ...(retryAfter && policy !== 'DAILY' ? { headers: { 'Retry-After': seconds } } : {}) };
}
