/** At most so many in any interval of this length. */
export class WindowOf {
  readonly #intervalMs: number;
  readonly #max: number;
  /** When, and how many: a minute is counted as one moment. */
  #times: { readonly atMs: number; count: number }[] = [];

  constructor(intervalMs: number, max: number) {
    this.#intervalMs = intervalMs;
    this.#max = max;
  }

  take(nowMs: number): boolean {
    if (this.used(nowMs) >= this.#max) return false;
    this.add(nowMs, 1);
    return true;
  }

  add(nowMs: number, count: number): void {
    const atMs = Math.floor(nowMs / 60_000) * 60_000;
    const last = this.#times.at(-1);
    if (last?.atMs === atMs) last.count += count;
    else this.#times.push({ atMs, count });
  }

  used(nowMs: number): number {
    this.#times = this.#times.filter(({ atMs }) => atMs > nowMs - this.#intervalMs);
    return this.#times.reduce((sum, { count }) => sum + count, 0);
  }
}
