import type { JsonObject } from '../../../domain/json.ts';
import type { Entity } from './object-types.ts';
import type { StoredRecord } from './record-table.ts';
import { Refusal } from './refusals.ts';
import type { DuplicateRule } from './rules.ts';
import type { WriteContext } from './write-context.ts';
import type { Candidate } from './write-checks.ts';

/** Throws DUPLICATES_DETECTED; `allowSave=true` passes rules that alert, none that block. */
export function checkDuplicateRules({ transaction, savesDuplicates }: WriteContext, candidate: Candidate): void {
  const { org } = transaction;
  for (const rule of org.rules.duplicates.get(candidate.entity) ?? []) {
    if (candidate.current !== null && rule.onUpdate === false) continue;
    if (rule.action === 'alert' && savesDuplicates) continue;
    const matches = (rule.against ?? [candidate.entity]).flatMap((other) => findMatches(candidate, rule, other));
    if (matches.length > 0) throw detected(candidate.entity, rule, matches);
  }

  function findMatches({ fields, current }: Candidate, rule: DuplicateRule, other: Entity): readonly StoredRecord[] {
    const found = rule.fields.flatMap((name) => {
      const field = org.schemas[other].find(name);
      const value = fields[name];
      return field === undefined || typeof value !== 'string' ? [] : org.tables[other].withValue(field, value);
    });
    return [...new Set(found)].filter(({ id }) => id !== current?.id);
  }
}

/** The key is spelled `duplicateResut` in the API. */
function detected(entity: Entity, rule: DuplicateRule, matches: readonly StoredRecord[]): Refusal {
  const name = rule.name ?? `Standard_${entity}_Duplicate_Rule`;
  const message = rule.action === 'alert' ? 'Use one of these records?' : 'You cannot save this: it exists already.';
  const types = [...new Set(matches.map((match) => match.entity))];
  const duplicateResut = {
    allowSave: rule.action === 'alert',
    duplicateRule: name,
    duplicateRuleEntityType: entity,
    errorMessage: message,
    matchResults: types.map((type) => ({
      entityType: type,
      errors: [],
      matchEngine: 'ExactMatchEngine',
      matchRecords: matches.filter((match) => match.entity === type).map(showMatch),
      rule: `Standard_${type}_Match_Rule_v1_0`,
      size: matches.filter((match) => match.entity === type).length,
      success: true,
    })),
  };
  return new Refusal(400, { code: 'DUPLICATES_DETECTED', message, details: { duplicateResut } });
}

function showMatch({ entity, id }: StoredRecord): JsonObject {
  const url = `/services/data/v66.0/sobjects/${entity}/${id}`;
  return {
    additionalInformation: [],
    fieldDiffs: [],
    matchConfidence: 100,
    record: { attributes: { type: entity, url }, Id: id },
  };
}
