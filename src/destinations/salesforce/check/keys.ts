import { didYouMean } from '../../../shared/nearest.ts';
import type { CheckFinding } from '../../destination.ts';
import { withoutKey } from '../key-ladder.ts';
import { keyFieldOf, PERSON_KEY, type SObjectType } from '../objects.ts';
import { hasKey, type Org } from '../org.ts';
import { listed, type Checked } from './look.ts';

/** Whether Salesforce itself keeps doubles out, and what happens where it does not. */
export function checkKeys(checked: Checked, org: Org): readonly CheckFinding[] {
  const types: readonly SObjectType[] = [checked.parts.createAs, 'Task'];
  const shown = types.filter((type) => (org.objects[type] ?? null) !== null);
  const kept = shown.filter((type) => hasKey(org, type));
  const lacking = shown.filter((type) => !kept.includes(type));
  return [
    ...(kept.length === 0 ? [] : [keepsOut(kept)]),
    ...lacking.map((type) => lacksKey(checked, org, type)),
    ...checkExternalId(checked, org),
  ];
}

function keepsOut(types: readonly SObjectType[]): CheckFinding {
  const words = types.length === 1 ? 'has a unique key of ours' : 'have unique keys of ours';
  return { level: 'ok', message: `Salesforce itself keeps doubles out: ${listed(types)} ${words}.` };
}

function lacksKey({ parts: { destination } }: Checked, org: Org, type: SObjectType): CheckFinding {
  const fields = org.objects[type];
  const name = keyFieldOf(type) ?? '';
  const field = fields?.get(name);
  const command = `npm run hookline -- setup ${destination}`;
  const cost = withoutKey(type, fields);
  if (field !== undefined && !field.isKey) {
    const message = `${name} on ${type} is not both unique and an external id, so it keeps no doubles out. ${cost} What to do about it says ${command}`;
    return { level: 'warning', message };
  }
  const what = field === undefined ? 'does not see' : 'may not write';
  const message = `The user ${what} our unique key ${name} on ${type}, so Salesforce keeps no doubles out. ${cost} Run ${command}`;
  return { level: 'warning', message };
}

function checkExternalId({ parts: { people, destination } }: Checked, org: Org): readonly CheckFinding[] {
  const { externalIdField: name, types } = people;
  if (name === 'Id' || name === PERSON_KEY) return [];
  const shown = types.flatMap((type) => org.objects[type] ?? []);
  const fields = shown.flatMap((objectFields) => objectFields.get(name) ?? []);
  if (shown.length === 0 || (fields.length > 0 && fields.every(({ isFilterable }) => isFilterable))) return [];
  const place = `external_id_field at destinations.${destination}`;
  const known = [...new Set(shown.flatMap((objectFields) => [...objectFields.keys()]))];
  const message =
    fields.length > 0
      ? `${place}: Salesforce cannot look for records by ${name}, so nobody is found by the platform's id. Name an external id, or Id.`
      : `${place}: the user sees no field "${name}" on ${types.join(', ')}, so nobody is found by the platform's id.${didYouMean(name, known)}`;
  return [{ level: 'error', message }];
}
