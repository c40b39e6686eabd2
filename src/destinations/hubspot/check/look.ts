import type { CheckFinding, Failure, RequestContext } from '../../destination.ts';
import type { Answer } from '../../rest/answer.ts';
import { sentenceOf } from '../../sentence-of.ts';
import { readError } from '../answer.ts';
import type { HubSpotClient } from '../exchange.ts';

/** What one look at the account came to. `scopes`: any one of them would have been enough. */
export type Looked =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'forbidden'; readonly scopes: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Reads something of the account; being forbidden it is an answer, too. */
export async function look(client: HubSpotClient, path: string, context: RequestContext): Promise<Looked> {
  const reply = await client.look({ method: 'GET', path, body: null, effect: 'read', mayBeForbidden: true }, context);
  if (reply.kind !== 'answer') return { kind: 'failed', failure: reply };
  const { answer } = reply;
  return answer.status === 403 ? { kind: 'forbidden', scopes: readError(answer.body).scopes } : reply;
}

/** A look that got no answer, for the operator. */
export function failed({ failure }: Extract<Looked, { kind: 'failed' }>): CheckFinding {
  return { level: 'error', message: sentenceOf(failure) };
}

/** ` Give it one of these scopes: a, b.`; empty when HubSpot named none. */
export function wantedScopes(scopes: readonly string[]): string {
  if (scopes.length === 0) return '';
  return scopes.length === 1
    ? ` Give it the scope ${scopes[0]}.`
    : ` Give it one of these scopes: ${scopes.join(', ')}.`;
}
