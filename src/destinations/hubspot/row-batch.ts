import type { JsonObject } from '../../domain/json.ts';
import type { After } from '../../shared/after.ts';
import type { Load } from '../batcher.ts';
import type { Failure } from '../destination.ts';
import { createRowBatch as createBatch, type RowBatchOptions as BatchOptions } from '../row-batch.ts';
import { readError, type HubSpotError } from './answer.ts';
import type { HubSpotClient, Question } from './exchange.ts';

export type { RowResult } from '../row-batch.ts';

/** A request that carries many rows in its body. */
interface RowBatchOptions<Item, Value> extends Omit<
  BatchOptions<Item, Value, Question>,
  'client' | 'after' | 'question' | 'show' | 'refused'
> {
  readonly client: HubSpotClient;
  readonly after: After;
  readonly question: Omit<Question, 'body'>;
  readonly body: (items: readonly Item[]) => JsonObject;
  /** What a refusal of a request with this one row means. */
  readonly refused: (error: HubSpotError, item: Item) => Value | Failure;
}

export function createRowBatch<Item, Value>(options: RowBatchOptions<Item, Value>): Load<Item, Value> {
  const { question, body, refused } = options;
  return createBatch<Item, Value, Question>({
    ...options,
    question: (items) => ({ ...question, body: body(items) }),
    show: (item) => body([item]),
    refused: (answer, item) => refused(readError(answer.body), item),
  });
}
