/** What a search index is told now and knows later. */
export class Lagging<Item> {
  #waiting: { readonly atMs: number; readonly item: Item }[] = [];
  #next = 0;

  offer(item: Item, nowMs: number): void {
    this.#waiting.push({ atMs: nowMs, item });
  }

  /** Hands over what was offered `lagMs` ago or earlier, in order. */
  catchUp(nowMs: number, lagMs: number, take: (item: Item) => void): void {
    for (;;) {
      const waiting = this.#waiting[this.#next];
      if (waiting === undefined || waiting.atMs + lagMs > nowMs) break;
      take(waiting.item);
      this.#next += 1;
    }
    if (this.#next > 1000) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
  }
}
