import { hashJson } from '../../src/shared/hash.ts';
import type { FoldableEvent } from '../../src/domain/event.ts';

/**
 * An event as the merge sees it: say what matters, the rest is plausible. Events that differ in what is said get
 * different ids, receipt keys and body hashes, as deliveries do.
 */
export function foldableEvent(said: Partial<FoldableEvent> & Pick<FoldableEvent, 'type'>): FoldableEvent {
  const hash = hashJson(said);
  return {
    eventId: `evt_${hash.slice(0, 12)}`,
    receiptKey: hash,
    semanticKey: null,
    providerEvent: said.type,
    callId: 'call_1',
    occurredAt: null,
    facts: {},
    approximate: [],
    analysis: 'none',
    orphan: false,
    notes: [],
    receivedAt: '2026-11-20T12:00:00.000Z',
    bodyHash: hash,
    ...said,
  };
}
