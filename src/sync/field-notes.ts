import type { FieldNote } from '../destinations/destination.ts';
import type { FieldReport } from './sync.ts';
import type { TargetPlan } from './target.ts';

/** The report of a write, with what the destination had to say of its fields. */
export function annotate(reports: readonly FieldReport[], notes: readonly FieldNote[]): readonly FieldReport[] {
  const annotated = reports.map((report) => {
    const note = notes.find(({ field }) => field === report.field);
    return note === undefined ? report : { ...report, ...asReported(note) };
  });
  // What the destination added by itself is nobody's field, and must not go unsaid either.
  const others = notes.filter(
    ({ field, kind }) => kind === 'dropped' && !reports.some((report) => report.field === field),
  );
  return [
    ...annotated,
    ...others.map(({ field, reason }) => ({ field, after: null, action: 'dropped' as const, reason })),
  ];
}

function asReported({ kind, reason }: FieldNote): Partial<FieldReport> {
  switch (kind) {
    case 'dropped':
      return { action: 'dropped', reason };
    case 'elsewhere':
      return { action: 'kept', reason };
    case 'different':
      return { reason: `accepted but different: ${reason}` };
  }
}

/**
 * Nothing is remembered of a field that was not taken: should the CRM take it one day, it is written. What was remembered
 * before the request left, `stamps`, holds again.
 */
export function withoutDropped(
  plan: TargetPlan,
  notes: readonly FieldNote[],
  stamps: TargetPlan['stamps'],
): TargetPlan {
  const dropped = new Set(notes.filter(({ kind }) => kind === 'dropped').map(({ field }) => field));
  if (dropped.size === 0) return plan;
  const kept = Object.entries(plan.stamps).filter(([field]) => !dropped.has(field));
  const before = Object.entries(stamps).filter(([field]) => dropped.has(field));
  return { ...plan, stamps: Object.fromEntries([...kept, ...before]), forgotten: [...dropped] };
}
