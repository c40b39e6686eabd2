import type { CallFacts } from '../../src/domain/call.ts';
import type { EventType } from '../../src/domain/event.ts';
import type { FoldSource } from '../../src/integrations/foldable-event.ts';

/** The body of an event of the scripted platform. */
export interface ScriptedEvent {
  readonly call: string;
  readonly type: EventType;
  readonly facts?: CallFacts;
  /** The adapter throws on it. */
  readonly poison?: boolean;
  readonly analysis?: 'none' | 'pending' | 'done';
}

/** A platform whose bodies say outright what they mean. */
export function createScriptedSource(name: string): FoldSource {
  return {
    name,
    ownNumbers: [],
    adapter: {
      parse(body, { bodyHash }) {
        if (body.kind !== 'json') throw new Error('the script wrote no JSON');
        const { call, type, facts = {}, analysis = 'none', poison } = body.value as unknown as ScriptedEvent;
        if (poison === true) throw new Error('poison');
        return {
          receiptKey: bodyHash,
          semanticKey: null,
          type,
          providerEvent: type,
          callId: call,
          occurredAt: null,
          facts,
          approximate: [],
          analysis,
          orphan: false,
          notes: [],
        };
      },
    },
  };
}
