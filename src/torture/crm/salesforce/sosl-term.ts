import { Unreadable } from './refusals.ts';
import type { SearchGroup, SearchIndex, SearchWord } from './search-index.ts';

/** What stands between the braces of FIND. */
export type Term =
  | { readonly kind: 'phrase'; readonly words: readonly SearchWord[] }
  | { readonly kind: 'any' | 'all'; readonly of: readonly Term[] }
  | { readonly kind: 'without'; readonly term: Term; readonly not: Term };

/** Characters that mean something and are escaped with a backslash where they do not. */
const RESERVED = "&|!{}[]^~:\\'+-";
/** Longer terms find nothing. */
const MAX_TERM = 10_000;
/** In longer terms the operators are taken out and OR is put between. */
const MAX_OPERATORS = 4000;

type Piece =
  | { readonly kind: 'operator'; readonly text: 'AND' | 'OR' | 'NOT' | '(' | ')' }
  | { readonly kind: 'phrase'; readonly words: readonly SearchWord[] };

/** Throws MALFORMED_SEARCH; null: a term that finds nothing. */
export function parseTerm(source: string): Term | null {
  if (source.replaceAll(/[\s\\"*?]/g, '').length < 2) {
    throw malformedSearch('search term must be longer than one character: {' + source + '}');
  }
  if (source.length > MAX_TERM) return null;
  const pieces = readPieces(source);
  if (source.length > MAX_OPERATORS) return { kind: 'any', of: pieces.filter((piece) => piece.kind === 'phrase') };
  const parser = new TermParser(pieces);
  return parser.read();
}

export function malformedSearch(message: string): Unreadable {
  return new Unreadable('MALFORMED_SEARCH', message);
}

function readPieces(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < source.length) {
    const sign = source[at] ?? '';
    if (/\s/.test(sign)) {
      at += 1;
    } else if (sign === '(' || sign === ')') {
      pieces.push({ kind: 'operator', text: sign });
      at += 1;
    } else {
      const { text, next } = sign === '"' ? readQuoted(source, at + 1) : readBare(source, at);
      pieces.push(sign === '"' ? toPhrase(text) : toWord(text));
      at = next;
    }
  }
  return pieces.filter((piece) => piece.kind === 'operator' || piece.words.length > 0);
}

/** Wildcards, as signs that no text has. */
const ANY = '\uE002';
const ONE = '\uE003';

interface Read {
  readonly text: string;
  readonly next: number;
}

function readQuoted(source: string, start: number): Read {
  const { text, next } = readUntil(source, start, /"/);
  if (source[next] !== '"') throw malformedSearch(`unexpected end: missing closing quote in {${source}}`);
  return { text, next: next + 1 };
}

function readBare(source: string, start: number): Read {
  return readUntil(source, start, /[\s()"]/);
}

function readUntil(source: string, start: number, end: RegExp): Read {
  let text = '';
  let at = start;
  for (; at < source.length && !end.test(source[at] ?? ''); at += 1) {
    const sign = source[at] ?? '';
    if (sign === '\\') {
      at += 1;
      text += source[at] ?? '';
      continue;
    }
    if (RESERVED.includes(sign)) throw malformedSearch(`line 1:${at} no viable alternative at character '${sign}'`);
    text += sign === '*' ? ANY : sign === '?' ? ONE : sign;
  }
  return { text, next: at };
}

function toWord(text: string): Piece {
  return text === 'AND' || text === 'OR' || text === 'NOT' ? { kind: 'operator', text } : toPhrase(text);
}

/** What punctuation parts becomes several words in a row; wildcards stay in their words. */
function toPhrase(text: string): Piece {
  if (text.startsWith(ANY) || text.startsWith(ONE)) {
    throw malformedSearch('a wildcard cannot stand at the beginning of a search term');
  }
  const words = text.toLowerCase().match(/[\p{L}\p{N}\uE002\uE003]+/gu) ?? [];
  return { kind: 'phrase', words: words.map(toSearchWord) };
}

function toSearchWord(word: string): SearchWord {
  if (!word.includes(ANY) && !word.includes(ONE)) return { text: word, pattern: null };
  return { text: word, pattern: new RegExp(`^${word.replaceAll(ANY, '.*').replaceAll(ONE, '.')}$`, 'u') };
}

/** OR binds least, then AND (also what nothing stands between), then AND NOT. */
class TermParser {
  readonly #pieces: readonly Piece[];
  #next = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  read(): Term {
    const term = this.#readAny();
    if (this.#next < this.#pieces.length) throw malformedSearch('unbalanced parentheses in the search term');
    return term;
  }

  #readAny(): Term {
    const of = [this.#readAll()];
    while (this.#takeIf('OR')) of.push(this.#readAll());
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of };
  }

  #readAll(): Term {
    let term = this.#readOne();
    while (this.#hasMore()) {
      const isAnd = this.#takeIf('AND');
      if (isAnd && this.#takeIf('NOT')) term = { kind: 'without', term, not: this.#readOne() };
      else term = { kind: 'all', of: [term, this.#readOne()] };
    }
    return term;
  }

  #readOne(): Term {
    const piece = this.#pieces[this.#next];
    this.#next += 1;
    if (piece?.kind === 'phrase') return piece;
    if (piece?.text !== '(') throw malformedSearch('a search term is missing');
    const term = this.#readAny();
    if (!this.#takeIf(')')) throw malformedSearch('unbalanced parentheses in the search term');
    return term;
  }

  #hasMore(): boolean {
    const piece = this.#pieces[this.#next];
    return piece !== undefined && (piece.kind === 'phrase' || (piece.text !== 'OR' && piece.text !== ')'));
  }

  #takeIf(text: string): boolean {
    const piece = this.#pieces[this.#next];
    if (piece?.kind !== 'operator' || piece.text !== text) return false;
    this.#next += 1;
    return true;
  }
}

/** Ids of the records that a term finds. */
export function findByTerm(index: SearchIndex, term: Term, group: SearchGroup): ReadonlySet<string> {
  switch (term.kind) {
    case 'phrase':
      return index.find(term.words, group);
    case 'any':
      return new Set(term.of.flatMap((one) => [...findByTerm(index, one, group)]));
    case 'all':
      return term.of
        .map((one) => findByTerm(index, one, group))
        .reduce((found, next) => new Set([...found].filter((id) => next.has(id))));
    case 'without': {
      const not = findByTerm(index, term.not, group);
      return new Set([...findByTerm(index, term.term, group)].filter((id) => !not.has(id)));
    }
  }
}
