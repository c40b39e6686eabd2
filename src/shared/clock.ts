/** The clock, injected everywhere so that tests can set it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Epoch milliseconds → ISO 8601 UTC with milliseconds. */
export function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** ISO 8601 → epoch milliseconds; NaN when it cannot be read. */
export function fromIso(iso: string): number {
  return Date.parse(iso);
}
