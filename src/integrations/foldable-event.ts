import type { FoldableEvent } from '../domain/event.ts';
import type { StoredEvent } from '../ledger/ledger.ts';
import type { SourceAdapter } from '../platforms/platform.ts';
import { readBody } from '../platforms/read-body.ts';
import { toIso } from '../shared/clock.ts';

/** A source as the fold needs it. */
export interface FoldSource {
  readonly name: string;
  readonly adapter: Pick<SourceAdapter, 'parse'>;
  /** E.164 numbers that are never taken for the customer's. */
  readonly ownNumbers: readonly string[];
}

/** Translates a stored delivery again, from its raw body: a better adapter improves calls of the past, too. */
export function toFoldable(event: StoredEvent, { adapter }: FoldSource): FoldableEvent {
  const { headers, receivedAtMs, bodyHash } = event;
  const parsed = adapter.parse(readBody(event.body, event.contentType), { headers, receivedAtMs, bodyHash });
  return { ...parsed, eventId: event.id, receivedAt: toIso(receivedAtMs), bodyHash };
}
