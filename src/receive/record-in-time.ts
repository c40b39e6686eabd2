import type { Ledger, NewEvent, RecordedEvent } from '../ledger/ledger.ts';

export type RecordOutcome =
  | RecordedEvent
  | { readonly kind: 'not_recorded'; readonly cause: 'ledger_timeout' | 'ledger_refused'; readonly error?: unknown };

/**
 * Records an event, waiting at most `timeoutMs`. An event that reaches the disk after we gave up does no harm: the sender
 * repeats the delivery and the ledger answers "duplicate".
 */
export async function recordInTime(
  ledger: Pick<Ledger, 'recordEvent'>,
  event: NewEvent,
  timeoutMs: number,
): Promise<RecordOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<RecordOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'not_recorded', cause: 'ledger_timeout' }), timeoutMs);
  });
  try {
    return await Promise.race([ledger.recordEvent(event), timeout]);
  } catch (error) {
    return { kind: 'not_recorded', cause: 'ledger_refused', error };
  } finally {
    clearTimeout(timer);
  }
}
