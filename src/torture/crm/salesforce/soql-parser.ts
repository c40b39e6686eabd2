import { Unreadable } from './refusals.ts';
import type { Clauses, Condition, Literal, Operator, Order, Path, Query } from './soql-syntax.ts';
import { readTokens } from './soql-tokens.ts';
import { TokenCursor } from './token-cursor.ts';

const MAX_LENGTH = 100_000;
const RESERVED = [
  'from',
  'where',
  'and',
  'or',
  'not',
  'in',
  'like',
  'order',
  'by',
  'limit',
  'offset',
  'group',
  'having',
];
/** Real SOQL that this simulator cannot run: said aloud, so that nobody takes it for a refusal of Salesforce. */
const UNKNOWN = ['group', 'having', 'with', 'for', 'using', 'typeof', 'includes', 'excludes', 'all'];

/** Throws MALFORMED_QUERY. */
export function parseQuery(source: string): Query {
  if (source.length > MAX_LENGTH) {
    throw new Unreadable('MALFORMED_QUERY', `SOQL statements cannot be longer than ${MAX_LENGTH} characters.`);
  }
  const cursor = new TokenCursor(source, readTokens(source));
  const query = readQuery(cursor);
  if (cursor.peek().kind !== 'end') throw cursor.unexpected();
  return query;
}

function readQuery(cursor: TokenCursor): Query {
  cursor.expect('select');
  const select = readSelect(cursor);
  cursor.expect('from');
  const from = readPath(cursor);
  return { select, from, ...readClauses(cursor) };
}

function readSelect(cursor: TokenCursor): Query['select'] {
  if (cursor.isNext('count') && cursor.isNext('(', 1) && cursor.isNext(')', 2)) {
    for (let taken = 0; taken < 3; taken += 1) cursor.take();
    return 'count';
  }
  const paths = [readPath(cursor)];
  while (cursor.takeIf(',')) paths.push(readPath(cursor));
  if (cursor.isNext('(')) throw new Error(`this simulator runs no functions in SELECT: ${cursor.source}`);
  return paths;
}

export function readPath(cursor: TokenCursor): Path {
  if (cursor.isNext('(')) throw new Error(`this simulator runs no queries in SELECT: ${cursor.source}`);
  const { kind, text, at } = cursor.peek();
  if (kind !== 'word' || text.includes(':') || RESERVED.includes(text.toLowerCase())) throw cursor.unexpected();
  cursor.take();
  return { text, at };
}

/** `WHERE … ORDER BY … LIMIT … OFFSET …` */
export function readClauses(cursor: TokenCursor): Clauses {
  const where = cursor.takeIf('where') ? readCondition(cursor) : null;
  if (UNKNOWN.includes(cursor.peek().text.toLowerCase())) {
    throw new Error(`this simulator does not know ${cursor.peek().text} in SOQL: ${cursor.source}`);
  }
  const order = cursor.takeIf('order') ? readOrder(cursor) : [];
  const limit = cursor.takeIf('limit') ? readCount(cursor) : null;
  const offset = cursor.takeIf('offset') ? readCount(cursor) : 0;
  if (offset > 2000) {
    throw new Unreadable('NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
  }
  return { where, order, limit, offset };
}

function readCount(cursor: TokenCursor): number {
  const { text } = cursor.peek();
  if (!/^\d+$/.test(text)) throw cursor.unexpected('expecting a number');
  cursor.take();
  return Number(text);
}

function readOrder(cursor: TokenCursor): readonly Order[] {
  cursor.expect('by');
  const orders = [readOneOrder(cursor)];
  while (cursor.takeIf(',')) orders.push(readOneOrder(cursor));
  return orders;
}

function readOneOrder(cursor: TokenCursor): Order {
  const path = readPath(cursor);
  const descending = cursor.takeIf('desc');
  if (!descending) cursor.takeIf('asc');
  let nullsLast = descending;
  if (cursor.takeIf('nulls')) {
    nullsLast = cursor.takeIf('last');
    if (!nullsLast) cursor.expect('first');
  }
  return { path, descending, nullsLast };
}

/** AND and OR do not mix without parentheses. */
function readCondition(cursor: TokenCursor): Condition {
  const first = readTerm(cursor);
  const [word, kind] = cursor.isNext('or') ? (['or', 'any'] as const) : (['and', 'all'] as const);
  const of = [first];
  while (cursor.takeIf(word)) of.push(readTerm(cursor));
  if (cursor.isNext('and') || cursor.isNext('or')) throw cursor.unexpected('AND and OR need parentheses');
  return of.length === 1 ? first : { kind, of };
}

function readTerm(cursor: TokenCursor): Condition {
  if (cursor.takeIf('not')) return { kind: 'not', of: readTerm(cursor) };
  if (!cursor.takeIf('(')) return readComparison(cursor);
  const inner = readCondition(cursor);
  cursor.expect(')');
  return inner;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  like: 'like',
};

function readComparison(cursor: TokenCursor): Condition {
  const path = readPath(cursor);
  const negated = cursor.isNext('not') && cursor.isNext('in', 1);
  if (negated) cursor.take();
  if (cursor.takeIf('in')) return readIn(cursor, path, negated);
  const operator = OPERATORS[cursor.peek().text.toLowerCase()];
  if (operator === undefined || cursor.peek().kind === 'string') throw cursor.unexpected('expecting an operator');
  cursor.take();
  return { kind: 'compare', path, operator, value: readLiteral(cursor) };
}

function readIn(cursor: TokenCursor, path: Path, negated: boolean): Condition {
  cursor.expect('(');
  if (cursor.isNext('select')) {
    const query = readQuery(cursor);
    cursor.expect(')');
    return { kind: 'in_query', path, negated, query };
  }
  const values = [readLiteral(cursor)];
  while (cursor.takeIf(',')) values.push(readLiteral(cursor));
  cursor.expect(')');
  return { kind: 'in', path, negated, values };
}

function readLiteral(cursor: TokenCursor): Literal {
  const { kind, text, at } = cursor.peek();
  if (kind === 'string' || kind === 'number' || kind === 'date' || kind === 'datetime') {
    cursor.take();
    return { kind, text, at };
  }
  const known = kind === 'word' ? wordKind(text.toLowerCase()) : undefined;
  if (known === undefined) throw cursor.unexpected('expecting a value');
  cursor.take();
  return { kind: known, text: text.toLowerCase(), at };
}

function wordKind(word: string): Literal['kind'] | undefined {
  if (word === 'null') return 'null';
  if (word === 'true' || word === 'false') return 'boolean';
  return /^(?:today|yesterday|tomorrow|last_n_days:\d+|next_n_days:\d+)$/.test(word) ? 'day' : undefined;
}
