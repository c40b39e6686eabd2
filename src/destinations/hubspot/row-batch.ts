import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { After } from '../../shared/after.ts';
import { createBatcher, type BatcherOptions, type Load, type Row } from '../batcher.ts';
import type { Exchange, Failure, RequestContext } from '../destination.ts';
import { isSuccessStatus, type Answer } from '../rest/answer.ts';
import { readError, type HubSpotError } from './answer.ts';
import { labelOf, type HubSpotClient, type Question, type Reply } from './exchange.ts';

/** What became of one row: the answer, and what of HubSpot's words is kept with the attempt. */
export interface RowResult<Value> {
  readonly value: Value | Failure;
  readonly shown: JsonValue;
}

/** A request that carries many rows; see `createRowBatch`. */
export interface RowBatchOptions<Item, Value> {
  readonly client: HubSpotClient;
  readonly after: After;
  readonly question: Omit<Question, 'body'>;
  readonly maxRows: number;
  readonly weight?: BatcherOptions<Item, Value>['weight'];
  readonly keyOf: (item: Item) => string;
  readonly sharesRows: boolean;
  readonly body: (items: readonly Item[]) => JsonObject;
  /** What a 2xx says of each item, in their order; null: it cannot be told with so many rows at once. */
  readonly read: (answer: Answer, items: readonly Item[]) => readonly RowResult<Value>[] | null;
  /** What a refusal of a request with this one row means. */
  readonly refused: (error: HubSpotError, item: Item) => Value | Failure;
  /** For a write that a preview only planned. */
  readonly planned?: Value;
}

/**
 * Gathers rows and sends them together. A request that HubSpot refuses as a whole is sent again in halves: one bad row
 * must not take the others with it (hubspot.md section 13: 400 of 525 uploads lost to one).
 */
export function createRowBatch<Item, Value>(options: RowBatchOptions<Item, Value>): Load<Item, Value> {
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

async function send<Item, Value>(
  options: RowBatchOptions<Item, Value>,
  take: () => Promise<Rows<Item, Value>>,
  leader: RequestContext,
): Promise<void> {
  let taken: Rows<Item, Value> | null = null;
  const build = async (): Promise<JsonObject | null> => {
    taken = await take();
    return taken.length === 0 ? null : options.body(taken.map(({ item }) => item));
  };
  const shared = await options.client.askShared(options.question, build, leader);
  if ('kind' in shared) return;
  // Refused before its turn came: whoever waits hears of it.
  await settle(options, taken ?? (await take()), shared);
}

async function settle<Item, Value>(
  options: RowBatchOptions<Item, Value>,
  rows: Rows<Item, Value>,
  { reply, exchange }: { readonly reply: Reply; readonly exchange: Exchange | null },
): Promise<void> {
  const results = readResults(options, rows, reply);
  keep(options, rows, { exchange, reply, results });
  if (results === null) return sendInHalves(options, rows);
  for (const [index, row] of rows.entries()) {
    const value = results[index]?.value;
    if (value !== undefined) row.settle(value);
  }
}

/** Null: to be asked again with fewer rows. */
function readResults<Item, Value>(
  options: RowBatchOptions<Item, Value>,
  rows: Rows<Item, Value>,
  reply: Reply,
): readonly RowResult<Value>[] | null {
  const items = rows.map(({ item }) => item);
  if (reply.kind !== 'answer') return items.map(() => ({ value: reply, shown: null }));
  if (isSuccessStatus(reply.answer.status)) return options.read(reply.answer, items);
  const [only] = items;
  if (items.length !== 1 || only === undefined) return null;
  const { body } = reply.answer;
  return [{ value: options.refused(readError(body), only), shown: body }];
}

async function sendInHalves<Item, Value>(
  options: RowBatchOptions<Item, Value>,
  rows: Rows<Item, Value>,
): Promise<void> {
  const middle = Math.ceil(rows.length / 2);
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    const leader = half[0]?.contexts[0];
    if (leader !== undefined) await send(options, () => Promise.resolve(half), leader);
  }
}

interface Kept<Value> {
  readonly exchange: Exchange | null;
  readonly reply: Reply;
  readonly results: readonly RowResult<Value>[] | null;
}

/** With every attempt that took part, its own row. */
function keep<Item, Value>(
  { body }: RowBatchOptions<Item, Value>,
  rows: Rows<Item, Value>,
  { exchange, reply, results }: Kept<Value>,
): void {
  if (exchange === null) return;
  for (const [index, { item, contexts }] of rows.entries()) {
    const shown = results?.[index]?.shown ?? (reply.kind === 'answer' ? reply.answer.body : null);
    const part = {
      requestBody: JSON.stringify({ ...body([item]), rows_in_this_request: rows.length }),
      responseBody: exchange.outcome.kind === 'response' ? JSON.stringify(shown) : null,
    };
    for (const context of contexts) context.keep(exchange, part);
  }
}

async function alone<Item, Value>(
  options: RowBatchOptions<Item, Value>,
  item: Item,
  context: RequestContext,
): Promise<Value | Failure> {
  const { client, question, body, planned } = options;
  const reply = await client.ask({ ...question, body: body([item]) }, context);
  if (reply.kind === 'planned') {
    if (planned === undefined) throw new Error(`${labelOf(question)} is a look and was planned`);
    return planned;
  }
  const row = { item, contexts: [context], settle: () => {} };
  const value = readResults(options, [row], reply)?.[0]?.value;
  return value ?? { kind: 'retry', reason: `${labelOf(question)}: the answer cannot be read` };
}
