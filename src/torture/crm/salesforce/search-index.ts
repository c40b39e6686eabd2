import { Lagging } from '../lagging.ts';
import { isText, type Field, type Schema } from './field.ts';
import type { StoredRecord } from './record-table.ts';

export type SearchGroup = 'ALL' | 'NAME' | 'EMAIL' | 'PHONE';

/** One word of a search; `pattern` when it has wildcards. */
export interface SearchWord {
  readonly text: string;
  readonly pattern: RegExp | null;
}

interface Known {
  readonly id: string;
  /** Per field its words in order. */
  readonly words: ReadonlyMap<string, readonly string[]>;
}

/** What search knows of one object: the words of its records as they stood some time ago. */
export class SearchIndex {
  readonly #schema: Schema;
  readonly #known = new Map<string, Known>();
  readonly #byWord = new Map<string, Set<string>>();
  readonly #offered = new Lagging<StoredRecord>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** A record was written now; search learns of it later. */
  offer(record: StoredRecord, nowMs: number): void {
    this.#offered.offer(record, nowMs);
  }

  /** Takes in what was written `lagMs` ago or earlier. */
  catchUp(nowMs: number, lagMs: number): void {
    this.#offered.catchUp(nowMs, lagMs, (record) => this.#take(record));
  }

  /** Ids of the records that have these words in this order in one field of the group. */
  find(words: readonly SearchWord[], group: SearchGroup): ReadonlySet<string> {
    const [first] = words;
    const found = new Set<string>();
    if (first === undefined) return found;
    for (const id of this.#candidates(first)) {
      const known = this.#known.get(id);
      if (known !== undefined && this.#hasPhrase(known, words, group)) found.add(id);
    }
    return found;
  }

  #candidates({ text, pattern }: SearchWord): ReadonlySet<string> {
    if (pattern === null) return this.#byWord.get(text) ?? new Set();
    const words = [...this.#byWord.keys()].filter((word) => pattern.test(word));
    return new Set(words.flatMap((word) => [...(this.#byWord.get(word) ?? [])]));
  }

  #hasPhrase({ words: fields }: Known, phrase: readonly SearchWord[], group: SearchGroup): boolean {
    return [...fields].some(([name, words]) => {
      const field = this.#schema.find(name);
      return field !== undefined && isInGroup(field, group) && contains(words, phrase);
    });
  }

  #take(record: StoredRecord): void {
    for (const word of allWords(this.#known.get(record.id))) this.#byWord.get(word)?.delete(record.id);
    this.#known.delete(record.id);
    if (record.deleted) return;
    const known = { id: record.id, words: this.#wordsOf(record) };
    this.#known.set(record.id, known);
    for (const word of allWords(known)) {
      this.#byWord.set(word, (this.#byWord.get(word) ?? new Set()).add(record.id));
    }
  }

  #wordsOf({ fields }: StoredRecord): Map<string, readonly string[]> {
    const words = new Map<string, readonly string[]>();
    for (const [name, value] of Object.entries(fields)) {
      const field = this.#schema.find(name);
      if (field !== undefined && isText(field) && typeof value === 'string') words.set(field.name, splitWords(value));
    }
    return words;
  }
}

/** Letters and digits; everything else parts words: `+1 (202) 555-0143` is four of them. */
function splitWords(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function allWords(known: Known | undefined): ReadonlySet<string> {
  return new Set([...(known?.words.values() ?? [])].flat());
}

function contains(words: readonly string[], phrase: readonly SearchWord[]): boolean {
  return words.some((_, start) => phrase.every((word, index) => isWord(words[start + index], word)));
}

function isWord(word: string | undefined, { text, pattern }: SearchWord): boolean {
  if (word === undefined) return false;
  return pattern === null ? word === text : pattern.test(word);
}

function isInGroup({ type, name }: Field, group: SearchGroup): boolean {
  switch (group) {
    case 'ALL':
      return true;
    case 'NAME':
      return ['Name', 'FirstName', 'LastName', 'Subject', 'Company'].includes(name);
    case 'EMAIL':
      return type === 'email';
    case 'PHONE':
      return type === 'phone';
  }
}
