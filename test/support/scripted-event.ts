import type { NewEvent, StoredEvent } from '../../src/ledger/ledger.ts';
import { hashText } from '../../src/shared/hash.ts';
import type { ScriptedEvent } from './scripted-platform.ts';

/** An event of the scripted platform as the receiver hands it to the ledger. */
export function newEvent(event: ScriptedEvent, rest: Partial<NewEvent> = {}): NewEvent {
  const body = Buffer.from(JSON.stringify(event));
  const bodyHash = hashText(body.toString());
  return {
    id: `evt_${bodyHash.slice(0, 8)}`,
    source: 'tests',
    platform: 'scripted',
    receiptKey: bodyHash,
    semanticKey: null,
    type: event.type,
    providerEvent: event.type,
    callId: event.call,
    receivedAtMs: Date.UTC(2026, 10, 20, 12),
    body,
    bodyHash,
    contentType: 'application/json',
    headers: [],
    proof: 'script',
    notes: [],
    state: 'pending',
    ...rest,
  };
}

/** The same as the ledger gives it back. */
export function storedEvent(event: ScriptedEvent, rest: Partial<NewEvent> = {}): StoredEvent {
  return { ...newEvent(event, rest), duplicates: 0, callRowId: null };
}
