import type { Org } from './org.ts';
import { Refusal } from './refusals.ts';
import { WindowOf } from './window-of.ts';

/** Sessions of the API user, and what gets new ones. */
export class Access {
  readonly clientId = '3MVG9simulator.client';
  readonly clientSecret = 'client-secret-of-the-simulator';
  readonly username = 'integration@hookline.example';
  /** The password and the security token behind it. */
  readonly password = 'correct-horseSecurityToken24';
  readonly #org: Org;
  readonly #sessions = new Map<string, { expiresAtMs: number; readonly isAdministrator: boolean }>();
  readonly #logins: WindowOf;
  #refreshToken: string | null = '5Aep861.refresh.0';
  #issued = 0;
  #isFrozen = false;

  constructor(org: Org) {
    this.#org = org;
    this.#logins = new WindowOf(60 * 60 * 1000, org.options.loginsPerHour);
  }

  get refreshToken(): string {
    return this.#refreshToken ?? '';
  }

  /** A new session; null when the user logged in too often within an hour. */
  open(isAdministrator = false): string | null {
    if (!this.#logins.take(this.#org.now())) return null;
    this.#issued += 1;
    const session = `${this.#org.id.slice(0, 15)}!AQ.simulator.${this.#issued}`;
    const expiresAtMs = this.#org.now() + this.#org.options.sessionTtlMs;
    this.#sessions.set(session, { expiresAtMs, isAdministrator });
    return session;
  }

  /** A refresh token that is not the current one is refused. */
  isRefreshToken(token: string): boolean {
    return this.#refreshToken !== null && token === this.#refreshToken;
  }

  /** After its use the refresh token is worth nothing where they rotate; the new one, else null. */
  rotate(): string | null {
    if (!this.#org.options.rotatesRefreshTokens) return null;
    this.#refreshToken = `5Aep861.refresh.${this.#issued}`;
    return this.#refreshToken;
  }

  revokeRefreshToken(): void {
    this.#refreshToken = null;
  }

  endAll(): void {
    this.#sessions.clear();
  }

  end(session: string): void {
    this.#sessions.delete(session);
  }

  /** Logins work and no session does: IP ranges, a high-assurance policy. */
  setFrozen(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
  }

  /** Throws 401 unless the header names a session; using it keeps it alive. True when it is an administrator's. */
  authenticate(header: string | undefined): boolean {
    const token = /^(?:Bearer|OAuth) (.+)$/.exec(header ?? '')?.[1] ?? '';
    const session = this.#sessions.get(token);
    const now = this.#org.now();
    if (session === undefined || session.expiresAtMs <= now || this.#isFrozen) {
      throw new Refusal(401, { code: 'INVALID_SESSION_ID', message: 'Session expired or invalid' });
    }
    session.expiresAtMs = now + this.#org.options.sessionTtlMs;
    return session.isAdministrator;
  }
}
