import { CALL_OBJECT, type SObjectType } from './objects.ts';
import type { Fields } from './org.ts';

/** What keeps records apart where Salesforce does not, and what that costs. */
export function withoutKey(type: SObjectType, fields: Fields | null | undefined): string {
  if (type !== 'Task') {
    return `Where an answer is lost, the person waits up to ten minutes and is looked for by phone or e-mail before another ${type} is made.`;
  }
  const mark = fields?.get(CALL_OBJECT);
  return mark?.isCreateable === true && mark.isFilterable
    ? `Tasks carry the key of the call in ${CALL_OBJECT}, which nothing keeps unique: where an answer is lost, the call waits up to ten minutes and is looked for before it is written again.`
    : `${CALL_OBJECT} cannot be used either, so only Hookline's own links keep doubles out: where an answer is lost, the call waits for a person.`;
}
