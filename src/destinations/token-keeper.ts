import type { JsonObject, JsonValue } from '../domain/json.ts';
import { hashText } from '../shared/hash.ts';
import type { DestinationDependencies } from './definition.ts';
import type { Failure, RequestContext } from './destination.ts';

/** What a token endpoint gave. */
export interface FetchedTokens {
  readonly accessToken: string;
  /** A new one where the server rotates it; null: the old one goes on. */
  readonly refreshToken: string | null;
  /** Null when the server did not say: then it is used until it is refused. */
  readonly expiresInSeconds: number | null;
  /** Where requests with this token go, where the server tells (Salesforce). */
  readonly instanceUrl: string | null;
}

/** Tokens as they are kept in the ledger. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAtMs: number | null;
  readonly instanceUrl: string | null;
  /** When they were fetched in place of refused ones; null: not because of that. */
  readonly renewedAtMs: number | null;
  /** Which configured credentials they stem from: with others in the config, what was kept is worth nothing. */
  readonly seed: string;
}

export interface TokenKeeperOptions {
  readonly dependencies: Pick<DestinationDependencies, 'clock' | 'secrets'>;
  /** What tells one configuration of credentials from another; only its hash is kept. */
  readonly identity: readonly (string | undefined)[];
  /** Asks the token endpoint; `refreshToken` null: none has been given yet, take the configured one. */
  readonly fetch: (refreshToken: string | null, context: RequestContext) => Promise<FetchedTokens | Failure>;
  /** What to do when tokens are refused though they were just given, as an operator reads it. */
  readonly refusedHint: string;
}

/**
 * Keeps the tokens of one destination. New ones are on disk before they are used: a server that rotates refresh tokens
 * (GoHighLevel, Pipedrive, Salesforce) has forgotten the old one by then. One fetch at a time in all processes: a second
 * one with the same refresh token would be refused, or revoke everything (field-notes.md C44).
 */
export interface TokenKeeper {
  /** Tokens that are not about to end. */
  usable(context: RequestContext): Promise<Tokens | Failure>;
  /** New tokens, unless somebody else has fetched them since the refused one was used. */
  renewed(refusedToken: string, context: RequestContext): Promise<Tokens | Failure>;
}

export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  return new Keeper(options);
}

/** Under this name in the destination's secret store. */
const SECRET_NAME = 'oauth';
/** A token this near its end may end on the way. */
const EXPIRY_SKEW_MS = 60_000;
/** Whoever refuses what he gave in place of a refused token will go on so: no loop (salesforce.md section 2.8). */
const TOO_SOON_MS = 10_000;
/** It may have been a coincidence, or somebody mends it: two requests in a quarter of an hour tell. */
export const LOOK_AGAIN_MS = 15 * 60_000;

class Keeper implements TokenKeeper {
  readonly #options: TokenKeeperOptions;
  readonly #seed: string;
  #tokens: Tokens | null = null;
  /** Received but not on disk yet: saving failed and is tried again before anything else. */
  #unsaved: Tokens | null = null;
  #loaded = false;
  #fetching: Promise<Tokens | Failure> | null = null;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#seed = hashText(JSON.stringify(options.identity));
  }

  async usable(context: RequestContext): Promise<Tokens | Failure> {
    if (!this.#loaded) await this.#load();
    const tokens = this.#tokens;
    if (tokens !== null && !this.#isExpiring(tokens)) return tokens;
    return this.#fetchOnce(context, null);
  }

  async renewed(refusedToken: string, context: RequestContext): Promise<Tokens | Failure> {
    const tokens = this.#tokens;
    if (tokens !== null && tokens.accessToken !== refusedToken) return tokens;
    if (tokens !== null && this.#isJustRenewed(tokens)) return this.#refusedAgain();
    return this.#fetchOnce(context, refusedToken);
  }

  #fetchOnce(context: RequestContext, refusedToken: string | null): Promise<Tokens | Failure> {
    this.#fetching ??= this.#fetchAlone(context, refusedToken).finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetchAlone(context: RequestContext, refusedToken: string | null): Promise<Tokens | Failure> {
    const result = await this.#options.dependencies.secrets.alone(async () => {
      if (this.#unsaved !== null) return this.#keep(this.#unsaved);
      // Another process may have fetched new ones since we looked; then the refresh token that we know is spent.
      await this.#load();
      const tokens = this.#tokens;
      const isNews = tokens !== null && tokens.accessToken !== refusedToken && !this.#isExpiring(tokens);
      return isNews ? tokens : this.#fetch(context, refusedToken !== null);
    });
    return result.kind === 'done' ? result.value : { kind: 'retry', reason: 'another worker is fetching a new token' };
  }

  async #fetch(context: RequestContext, isRenewal: boolean): Promise<Tokens | Failure> {
    const { dependencies, fetch } = this.#options;
    const refreshToken = this.#tokens?.refreshToken ?? null;
    const fetched = await fetch(refreshToken, context);
    if ('kind' in fetched) return fetched;
    const { accessToken, expiresInSeconds, instanceUrl } = fetched;
    const nowMs = dependencies.clock.now();
    return this.#keep({
      accessToken,
      refreshToken: fetched.refreshToken ?? refreshToken,
      expiresAtMs: expiresInSeconds === null ? null : nowMs + expiresInSeconds * 1000,
      instanceUrl,
      renewedAtMs: isRenewal ? nowMs : null,
      seed: this.#seed,
    });
  }

  async #keep(tokens: Tokens): Promise<Tokens> {
    this.#unsaved = tokens;
    await this.#options.dependencies.secrets.save(SECRET_NAME, { ...tokens });
    this.#unsaved = null;
    this.#tokens = tokens;
    return tokens;
  }

  async #load(): Promise<void> {
    const kept = readTokens(await this.#options.dependencies.secrets.load(SECRET_NAME));
    if (kept?.seed === this.#seed) this.#tokens = kept;
    this.#loaded = true;
  }

  #isExpiring({ expiresAtMs }: Tokens): boolean {
    return expiresAtMs !== null && expiresAtMs - EXPIRY_SKEW_MS <= this.#options.dependencies.clock.now();
  }

  #isJustRenewed({ renewedAtMs }: Tokens): boolean {
    const ageMs = renewedAtMs === null ? Infinity : this.#options.dependencies.clock.now() - renewedAtMs;
    // Below nothing: a clock that was ahead is right again.
    return ageMs >= 0 && ageMs < TOO_SOON_MS;
  }

  #refusedAgain(): Failure {
    const reason = 'a token that was given a moment ago was refused';
    const untilMs = this.#options.dependencies.clock.now() + LOOK_AGAIN_MS;
    return { kind: 'paused', reason, untilMs, hint: this.#options.refusedHint };
  }
}

function readTokens(kept: JsonObject | null): Tokens | null {
  if (kept === null) return null;
  const { accessToken, expiresAtMs, refreshToken, instanceUrl, renewedAtMs, seed } = kept;
  if (typeof accessToken !== 'string' || typeof seed !== 'string') return null;
  return {
    accessToken,
    expiresAtMs: asNumber(expiresAtMs),
    refreshToken: asText(refreshToken),
    instanceUrl: asText(instanceUrl),
    renewedAtMs: asNumber(renewedAtMs),
    seed,
  };
}

function asNumber(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function asText(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
