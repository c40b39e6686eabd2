import type { Fields } from '../destinations/destination.ts';
import type { Stamp } from '../ledger/ledger.ts';
import type { JsonValue } from '../domain/json.ts';
import { isOfCall, type CallMoment } from './call-moment.ts';
import { decideField, needsCurrentValue, type FieldDecision, type FieldSituation } from './decide-field.ts';
import type { ProjectedField, Projection } from './project-fields.ts';
import type { FieldReport } from './sync.ts';

/** Longer texts are shortened in reports: a transcript need not be kept once more per attempt. */
const MAX_REPORTED_CHARACTERS = 500;

export interface RecordSituation {
  readonly creating: boolean;
  /** The CRM's present values as far as known; null when nothing is known. */
  readonly current: Fields | null;
  /** True when `current` shows the whole record: what is not in it is empty. */
  readonly currentIsWhole: boolean;
  readonly stamps: Readonly<Record<string, Stamp>>;
  readonly moment: CallMoment;
  readonly force: boolean;
}

/** What a write of one record would send, and what to remember once it is done. */
export interface FieldPlan {
  /** Values to be sent; empty when nothing changed. */
  readonly fields: Fields;
  /** The same and everything that is known to stand there already, for APIs that replace a record whole. */
  readonly allFields: Fields;
  readonly reports: readonly FieldReport[];
  /** All stamps of the record as they will be. */
  readonly stamps: Readonly<Record<string, Stamp>>;
  readonly stampsChanged: boolean;
}

/** Puts a projection and the record's situation together, field by field. Pure. */
export function planFields(projection: Projection, situation: RecordSituation): FieldPlan {
  const fields: [string, JsonValue][] = [];
  const allFields: [string, JsonValue][] = [];
  const stamps: [string, Stamp][] = [];
  const reports: FieldReport[] = [];
  for (const projected of projection.fields) {
    const unwanted = onlyOnElsewhere(projected, situation);
    if (unwanted !== null) {
      reports.push({ field: projected.field, after: shorten(projected.value), action: 'kept', reason: unwanted });
      continue;
    }
    const here = fieldSituation(projected, situation);
    const decision = decideField(projected, here);
    if (decision.action === 'write') fields.push([projected.field, decision.after]);
    const whole = decision.action === 'kept' ? (here.current ?? null) : decision.after;
    if (whole !== null) allFields.push([projected.field, whole]);
    if (decision.stamp !== null) stamps.push([projected.field, decision.stamp]);
    reports.push(toReport(projected.field, decision, situation.creating ? undefined : here.current));
  }
  return {
    fields: Object.fromEntries(fields),
    allFields: Object.fromEntries(allFields),
    reports: [...reports, ...projection.dropped.map((report) => withLeftover(report, situation))],
    stamps: { ...situation.stamps, ...Object.fromEntries(stamps) },
    stampsChanged: stamps.length > 0,
  };
}

function toReport(field: string, decision: FieldDecision, before: JsonValue | undefined): FieldReport {
  const { after, action, reason } = decision;
  return {
    field,
    ...(before === undefined ? {} : { before: shorten(before) }),
    after: shorten(after),
    action,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** An analysis that was taken out of its call has left words in the CRM: nothing blanks them, so a person must know. */
function withLeftover(report: FieldReport, { stamps, moment }: RecordSituation): FieldReport {
  const stamp = Object.hasOwn(stamps, report.field) ? stamps[report.field] : undefined;
  if (stamp === undefined || !isOfCall(stamp.asOf, moment)) return report;
  return {
    ...report,
    reason: `${report.reason}; what this call wrote before stays until somebody changes it`,
  };
}

/** True when some field cannot be decided without reading the record first. */
export function needsRead(projection: Projection, situation: RecordSituation): boolean {
  return projection.fields.some(
    (projected) =>
      onlyOnElsewhere(projected, situation) === null &&
      needsCurrentValue(projected, fieldSituation(projected, situation)),
  );
}

function onlyOnElsewhere({ onlyOn }: ProjectedField, { creating }: RecordSituation): string | null {
  if (onlyOn === null || (onlyOn === 'create') === creating) return null;
  return `only written on ${onlyOn}`;
}

function fieldSituation({ field }: ProjectedField, situation: RecordSituation): FieldSituation {
  const { creating, current, currentIsWhole, stamps, moment, force } = situation;
  const unseen = creating || currentIsWhole ? null : undefined;
  const seen = current !== null && Object.hasOwn(current, field) ? current[field] : unseen;
  return { current: seen, stamp: Object.hasOwn(stamps, field) ? stamps[field] : undefined, moment, force };
}

function shorten(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || value.length <= MAX_REPORTED_CHARACTERS) return value;
  return `${value.slice(0, MAX_REPORTED_CHARACTERS)}… (${value.length} characters)`;
}
