import type { CheckFinding, Failure, RequestContext } from '../../destination.ts';
import type { MappedField, Mapping } from '../../mapped-field.ts';
import { sentenceOf } from '../../sentence-of.ts';
import { reading, type Question } from '../client.ts';
import type { SalesforceParts } from '../parts.ts';
import type { SalesforceConfig } from '../schema.ts';
import type { Reply } from '../../session-client.ts';

/** What is checked. */
export interface Checked {
  readonly parts: SalesforceParts;
  readonly config: SalesforceConfig;
  readonly mappings: readonly Mapping[];
}

/** Reads something of the org; being forbidden it is an answer, too. */
export async function look(
  { client }: Pick<SalesforceParts, 'client'>,
  question: string | Question,
  context: RequestContext,
): Promise<Reply> {
  const asked = typeof question === 'string' ? reading(question) : question;
  return client.look({ ...asked, mayBeForbidden: true }, context);
}

/** A look that got no answer, for the operator. */
export function failed(failure: Failure): CheckFinding {
  return { level: 'error', message: sentenceOf(failure) };
}

/** Where a mapping stands: `integrations[0].actions[0].contact.fields.Rating`, `Lead.Status (a default)`. */
export function placeOf({ kind, field, where }: Mapping): string {
  return where ?? `${kind}.${field} (a default)`;
}

/** A default that does not fit an org is left out, and everything else is written. */
export function levelOf({ where }: Pick<MappedField, 'where'>): 'warning' | 'error' {
  return where === null ? 'warning' : 'error';
}

/** `Lead, Contact and Task` */
export function listed(names: readonly string[]): string {
  const [last = '', ...rest] = names.toReversed();
  return rest.length === 0 ? last : `${rest.toReversed().join(', ')} and ${last}`;
}
