import { createId } from './ids.ts';
import type { Found } from './run-query.ts';

const KEPT = 50;

/** Queries whose later pages can be fetched; what they found stays as it was. */
export class QueryCursors {
  readonly #open = new Map<string, Found>();
  #last = 0;

  open(found: Found): string {
    this.#last += 1;
    const id = createId('01g', this.#last);
    this.#open.set(id, found);
    if (this.#open.size > KEPT) this.#open.delete([...this.#open.keys()][0] ?? '');
    return id;
  }

  find(id: string): Found | undefined {
    return this.#open.get(id);
  }
}
