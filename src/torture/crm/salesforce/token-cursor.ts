import { malformed, type Token } from './soql-tokens.ts';

/** Where a parser is. */
export class TokenCursor {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? { kind: 'end', text: '', at: this.source.length };
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** Whether this keyword or sign comes next; `ahead` tokens later. */
  isNext(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'word' || token.kind === 'sign') && token.text.toLowerCase() === text;
  }

  /** Takes it when it comes next. */
  takeIf(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.#next += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.takeIf(text)) throw this.unexpected(`expecting '${text}'`);
  }

  expectKind(kind: Token['kind']): Token {
    if (this.peek().kind !== kind) throw this.unexpected(`expecting a ${kind}`);
    return this.take();
  }

  unexpected(why = ''): Error {
    const { text, at, kind } = this.peek();
    const what = kind === 'end' ? "unexpected token: '<EOF>'" : `unexpected token: '${text}'`;
    return malformed(this.source, at, why === '' ? what : `${what}, ${why}`);
  }
}
