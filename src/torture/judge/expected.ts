import type { JsonValue } from '../../domain/json.ts';

/** Fields by their CRM names; null: must be absent or null. */
export type ExpectedFields = Readonly<Record<string, JsonValue>>;

/** What the CRM must hold of one call in the end, worked out by whoever made the call up, not by Hookline. */
export interface ExpectedCall {
  readonly callId: string;
  readonly phone: string;
  readonly firstName: string | null;
  readonly endedAt: string;
  readonly interested: boolean | null;
  readonly nextAction: string | null;
  readonly appointmentAt: string | null;
  readonly fields: ExpectedFields;
}

/** Everything a CRM must hold in the end, and nothing else: records by the key that makes them unique. */
export interface ExpectedCrm {
  /** By phone. */
  readonly contacts: ReadonlyMap<string, ExpectedFields>;
  /** By call id. */
  readonly calls: ReadonlyMap<string, ExpectedFields>;
  /** By call id. */
  readonly tasks: ReadonlyMap<string, ExpectedFields>;
}

/** The end state of a CRM after these calls: the newest call of a person decides over the contact. */
export function expectCrm(calls: readonly ExpectedCall[]): ExpectedCrm {
  return {
    contacts: new Map([...groupByPhone(calls)].map(([phone, own]) => [phone, expectContact(phone, own)])),
    calls: new Map(calls.map((call) => [call.callId, { ...call.fields, contact_phone: call.phone }])),
    tasks: new Map(
      calls
        .filter(({ nextAction }) => nextAction !== null)
        .map((call) => [call.callId, { subject: call.nextAction, due: call.appointmentAt, contact_phone: call.phone }]),
    ),
  };
}

function groupByPhone(calls: readonly ExpectedCall[]): Map<string, ExpectedCall[]> {
  const groups = new Map<string, ExpectedCall[]>();
  for (const call of calls) groups.set(call.phone, [...(groups.get(call.phone) ?? []), call]);
  return groups;
}

function expectContact(phone: string, calls: readonly ExpectedCall[]): ExpectedFields {
  const newest = calls.reduce((best, call) => (call.endedAt > best.endedAt ? call : best));
  return {
    phone,
    first_name: calls.find(({ firstName }) => firstName !== null)?.firstName ?? null,
    last_call_id: newest.callId,
    last_call_at: newest.endedAt,
    lead_status: statusOf(calls),
  };
}

/** The newest call that says anything decides; the default stands only where none does. */
function statusOf(calls: readonly ExpectedCall[]): string {
  const telling = calls.filter(({ interested }) => interested !== null);
  if (telling.length === 0) return 'CONTACTED';
  const newest = telling.reduce((best, call) => (call.endedAt > best.endedAt ? call : best));
  return newest.interested === true ? 'OPEN_DEAL' : 'UNQUALIFIED';
}
