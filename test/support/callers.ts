import type { Call } from '../../src/domain/call.ts';
import type { SyncResult } from '../../src/sync/sync.ts';
import { exampleCall } from './call.ts';

/** The call of one caller among many: each number is a person of its own. */
export function caller(number: number, rest: Partial<Call> = {}): Call {
  return exampleCall({
    id: `call_${number}`,
    provider_call_id: `c${number}`,
    customer_number: `+1202556${String(1000 + number)}`,
    contact: { first_name: 'Dana' },
    ...rest,
  });
}

/** What a sync reports of the fields of one record: `written`, `dropped: the reason`. */
export function fieldsOf(result: SyncResult | null, kind: string): Readonly<Record<string, string>> {
  const record = result?.report.records.find((candidate) => candidate.kind === kind);
  return Object.fromEntries(
    (record?.fields ?? []).map(({ field, action, reason }) => [
      field,
      `${action}${reason === undefined ? '' : `: ${reason}`}`,
    ]),
  );
}
