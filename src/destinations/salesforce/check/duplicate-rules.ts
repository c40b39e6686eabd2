import { isSuccessStatus } from '../../rest/answer.ts';
import type { CheckFinding, RequestContext } from '../../destination.ts';
import { readRecords, textOf } from '../answer.ts';
import { look, type Checked } from './look.ts';

const ACTIVE = 'SELECT MasterLabel,SobjectType FROM DuplicateRule WHERE IsActive = true ORDER BY SobjectType';

const MEANINGS = {
  allow: 'where they only alert, records are saved all the same; what they block waits for a person',
  use_match: 'the record they name is taken in place of a new one',
  reject: 'what they find waits for a person',
} as const;

/** Names the rules that new people run into, where the user may see them. */
export async function checkDuplicateRules(
  { parts, config }: Checked,
  context: RequestContext,
): Promise<readonly CheckFinding[]> {
  const reply = await look(parts, `/query?q=${encodeURIComponent(ACTIVE)}`, context);
  if (reply.kind !== 'answer' || !isSuccessStatus(reply.answer.status)) return [];
  const rules = readRecords(reply.answer.body, 'records')
    .filter(({ SobjectType }) => SobjectType === parts.createAs)
    .flatMap(({ MasterLabel }) => textOf(MasterLabel) ?? []);
  if (rules.length === 0) return [];
  const meaning = MEANINGS[config.duplicate_rules];
  const message = `Duplicate rules for ${parts.createAs}: ${rules.join(', ')}. With duplicate_rules: ${config.duplicate_rules}, ${meaning}.`;
  return [{ level: 'ok', message }];
}
