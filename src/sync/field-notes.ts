import type { FieldNote } from '../destinations/destination.ts';
import type { FieldReport } from './sync.ts';
import type { TargetPlan } from './target.ts';

/** The report of a write, with what the destination had to say of its fields. */
export function annotate(reports: readonly FieldReport[], notes: readonly FieldNote[]): readonly FieldReport[] {
  return reports.map((report) => {
    const note = notes.find(({ field }) => field === report.field);
    if (note === undefined) return report;
    return { ...report, ...asReported(note) };
  });
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

/** Nothing is remembered of a field that was not taken: should the CRM take it one day, it is written. */
export function withoutDropped(plan: TargetPlan, notes: readonly FieldNote[]): TargetPlan {
  const dropped = new Set(notes.filter(({ kind }) => kind === 'dropped').map(({ field }) => field));
  if (dropped.size === 0) return plan;
  return { ...plan, stamps: Object.fromEntries(Object.entries(plan.stamps).filter(([field]) => !dropped.has(field))) };
}
