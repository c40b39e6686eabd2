import type { CheckFinding } from '../../destination.ts';
import type { SObjectType } from '../objects.ts';
import type { Org } from '../org.ts';
import { nameOn } from '../person-fields.ts';
import { listed, type Checked } from './look.ts';

/** With something that stands in for them where nobody knows better (see prepare.ts). */
const FILLED: Partial<Record<SObjectType, readonly string[]>> = {
  Lead: ['LastName', 'Company'],
  Contact: ['LastName'],
};

/** Fields without which Salesforce makes no record, and that nobody fills. Pure. */
export function checkRequired({ parts: { createAs }, mappings }: Checked, org: Org): readonly CheckFinding[] {
  return [createAs, 'Task' as const].flatMap((type) => {
    const names = [...(org.objects[type]?.values() ?? [])]
      .filter(({ isRequired }) => isRequired)
      .map(({ name }) => name);
    const isFilled = (name: string): boolean =>
      FILLED[type]?.includes(name) === true ||
      mappings.some(({ kind, field }) => (kind === 'contact') !== (type === 'Task') && nameOn(type, field) === name);
    const missing = names.filter((name) => !isFilled(name));
    return missing.length === 0 ? [] : [notFilled(type, missing)];
  });
}

/** Whether people are made at all is up to each integration; Tasks always are. */
function notFilled(type: SObjectType, names: readonly string[]): CheckFinding {
  const them = names.length === 1 ? 'it' : 'them';
  const message = `The org requires ${listed(names)} of every new ${type}, and no integration fills ${them}: Salesforce refuses every ${type} that Hookline makes. Map ${them}.`;
  return { level: type === 'Task' ? 'error' : 'warning', message };
}
