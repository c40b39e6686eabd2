import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { After } from '../shared/after.ts';
import { createBatcher, withoutLost, type BatcherOptions, type Load, type Row } from './batcher.ts';
import type { Exchange, Failure, RequestContext } from './destination.ts';
import { isSuccessStatus, type Answer } from './rest/answer.ts';
import type { Asked, Reply, SessionClient } from './session-client.ts';

/** What became of one row: the answer, and what of the CRM's words is kept with the attempt. */
export interface RowResult<Value> {
  readonly value: Value | Failure;
  readonly shown: JsonValue;
}

/** A request that carries many rows; see `createRowBatch`. */
export interface RowBatchOptions<Item, Value, Question extends Asked> {
  readonly client: SessionClient<Question>;
  readonly after: After;
  readonly maxRows: number;
  readonly weight?: BatcherOptions<Item, Value>['weight'];
  readonly keyOf: (item: Item) => string;
  readonly sharesRows: boolean;
  /** The request that carries these items. */
  readonly question: (items: readonly Item[]) => Question;
  /** What of such a request is kept with the attempt of one item. */
  readonly show: (item: Item) => JsonObject;
  /** What a 2xx says of each item, in their order; null: it cannot be told with so many rows at once. */
  readonly read: (answer: Answer, items: readonly Item[]) => readonly RowResult<Value>[] | null;
  /** What a refusal of a request with many rows says of each; null, as without this: it is asked again in halves. */
  readonly refusedAll?: (answer: Answer, items: readonly Item[]) => readonly RowResult<Value>[] | null;
  /** What a refusal of a request with this one row means. */
  readonly refused: (answer: Answer, item: Item) => Value | Failure;
  /** For a write that a preview only planned. */
  readonly planned?: Value;
}

/**
 * Gathers rows and sends them together. A request that the CRM refuses as a whole is sent again in halves: one bad row
 * must not take the others with it (hubspot.md section 13: 400 of 525 uploads lost to one).
 */
export function createRowBatch<Item, Value, Question extends Asked>(
  options: RowBatchOptions<Item, Value, Question>,
): Load<Item, Value> {
  const { after, maxRows, weight, keyOf, sharesRows } = options;
  const load = createBatcher<Item, Value>({
    after,
    maxRows,
    ...(weight === undefined ? {} : { weight }),
    keyOf,
    sharesRows,
    send: (take, leader) => send(options, take, leader),
  });
  // A preview looks on its own.
  return (item, context) => (context.mode === 'live' ? load(item, context) : alone(options, item, context));
}

type Rows<Item, Value> = readonly Row<Item, Value>[];

async function send<Item, Value, Question extends Asked>(
  options: RowBatchOptions<Item, Value, Question>,
  take: () => Promise<Rows<Item, Value>>,
  leader: RequestContext,
): Promise<void> {
  let taken: Rows<Item, Value> | null = null;
  const build = async (): Promise<Question | null> => {
    taken = await take();
    return taken.length === 0 ? null : options.question(taken.map(({ item }) => item));
  };
  const shared = await options.client.askShared(options.question([]), build, leader);
  if ('kind' in shared) return;
  // Refused before its turn came: whoever waits hears of it.
  await settle(options, taken ?? (await take()), shared);
}

async function settle<Item, Value, Question extends Asked>(
  options: RowBatchOptions<Item, Value, Question>,
  rows: Rows<Item, Value>,
  { reply, exchange }: { readonly reply: Reply; readonly exchange: Exchange | null },
): Promise<void> {
  const results = readResults(options, rows, reply);
  keep(options, rows, { exchange, reply, results });
  // One row has no halves: it stays unsettled, which the batcher reports.
  if (results === null) return rows.length > 1 ? sendInHalves(options, rows) : undefined;
  for (const [index, row] of rows.entries()) {
    const value = results[index]?.value;
    if (value !== undefined) row.settle(value);
  }
}

/** Null: to be asked again with fewer rows. */
function readResults<Item, Value, Question extends Asked>(
  options: RowBatchOptions<Item, Value, Question>,
  rows: Rows<Item, Value>,
  reply: Reply,
): readonly RowResult<Value>[] | null {
  const items = rows.map(({ item }) => item);
  if (reply.kind !== 'answer') return items.map(() => ({ value: reply, shown: null }));
  if (isSuccessStatus(reply.answer.status)) return options.read(reply.answer, items);
  const [only] = items;
  if (items.length !== 1 || only === undefined) return options.refusedAll?.(reply.answer, items) ?? null;
  return [{ value: options.refused(reply.answer, only), shown: reply.answer.body }];
}

async function sendInHalves<Item, Value, Question extends Asked>(
  options: RowBatchOptions<Item, Value, Question>,
  rows: Rows<Item, Value>,
): Promise<void> {
  const middle = Math.ceil(rows.length / 2);
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    const leader = half[0]?.contexts[0];
    if (leader !== undefined) await send(options, () => withoutLost(half), leader);
  }
}

interface Kept<Value> {
  readonly exchange: Exchange | null;
  readonly reply: Reply;
  readonly results: readonly RowResult<Value>[] | null;
}

/** With every attempt that took part, its own row. */
function keep<Item, Value, Question extends Asked>(
  { show }: RowBatchOptions<Item, Value, Question>,
  rows: Rows<Item, Value>,
  { exchange, reply, results }: Kept<Value>,
): void {
  if (exchange === null) return;
  for (const [index, { item, contexts }] of rows.entries()) {
    const part = {
      requestBody: JSON.stringify({ ...show(item), rows_in_this_request: rows.length }),
      responseBody: responseShown(exchange, reply, results?.[index]),
    };
    for (const context of contexts) context.keep(exchange, part);
  }
}

/** Its own row of an answer; what refuses everybody, as it came. */
function responseShown(
  { outcome }: Exchange,
  reply: Reply,
  result: { readonly shown: JsonValue } | undefined,
): string | null {
  if (outcome.kind !== 'response') return null;
  return reply.kind === 'answer' && result !== undefined ? JSON.stringify(result.shown) : outcome.response.body;
}

async function alone<Item, Value, Question extends Asked>(
  options: RowBatchOptions<Item, Value, Question>,
  item: Item,
  context: RequestContext,
): Promise<Value | Failure> {
  const { client, question, planned } = options;
  const reply = await client.ask(question([item]), context);
  if (reply.kind === 'planned') {
    if (planned === undefined) throw new Error('a look was planned instead of sent');
    return planned;
  }
  const row = { item, contexts: [context], settle: () => {} };
  const value = readResults(options, [row], reply)?.[0]?.value;
  return value ?? { kind: 'retry', reason: 'the answer cannot be read' };
}
