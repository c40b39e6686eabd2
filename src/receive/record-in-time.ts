import type { Ledger, NewEvent, RecordedEvent } from '../ledger/ledger.ts';

export type RecordOutcome =
  | RecordedEvent
  | { readonly kind: 'not_recorded'; readonly cause: 'ledger_timeout' | 'ledger_refused'; readonly error?: unknown };

/**
 * Records an event, waiting at most `timeoutMs`; never rejects. An event that reaches the disk after we gave up does no
 * harm: the sender repeats the delivery and the ledger answers "duplicate".
 */
export function recordInTime(
  ledger: Pick<Ledger, 'recordEvent'>,
  event: NewEvent,
  timeoutMs: number,
): Promise<RecordOutcome> {
  return new Promise((resolve) => {
    const finish = (outcome: RecordOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const timer = setTimeout(() => finish({ kind: 'not_recorded', cause: 'ledger_timeout' }), timeoutMs);
    ledger
      .recordEvent(event)
      .then(finish, (error: unknown) => finish({ kind: 'not_recorded', cause: 'ledger_refused', error }));
  });
}
