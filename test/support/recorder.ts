import type { Ledger, NewEvent, NewRefusal } from '../../src/ledger/ledger.ts';

/** The two methods the receiver needs of a ledger, in memory, for tests without I/O. */
export interface Recorder extends Pick<Ledger, 'recordEvent' | 'recordRefusal'> {
  readonly events: readonly NewEvent[];
  readonly refusals: readonly NewRefusal[];
}

export function createRecorder(): Recorder {
  const events: NewEvent[] = [];
  const refusals: NewRefusal[] = [];
  return {
    events,
    refusals,
    async recordEvent(event) {
      const first = events.find(({ source, receiptKey }) => source === event.source && receiptKey === event.receiptKey);
      if (first !== undefined) return { kind: 'duplicate', id: first.id };
      events.push(event);
      return { kind: 'recorded', id: event.id };
    },
    async recordRefusal(refusal) {
      refusals.push(refusal);
    },
  };
}
