import type { Failure, RequestContext } from '../destination.ts';
import { asObject } from '../rest/read-path.ts';
import { textOf } from './answer.ts';
import { reasonOf } from './classify.ts';
import { reading, type SalesforceClient } from './client.ts';
import { isId, longId } from './objects.ts';

/** Whose session it is. */
export interface Identity {
  readonly userId: string;
  readonly organizationId: string;
}

/**
 * Asks for the resources of the API: among them stands the address of whoever asks. It needs no scope, no Chatter and no
 * name, so it works for every flow; the address itself is not asked, for it wants the token where logs keep it.
 */
export async function readIdentity(
  client: SalesforceClient,
  version: string,
  context: RequestContext,
): Promise<Identity | Failure> {
  const question = { ...reading(`/services/data/v${version}`), mayBeForbidden: true };
  const reply = await client.look(question, context);
  if (reply.kind !== 'answer') return reply;
  const identity = parseIdentity(textOf(asObject(reply.answer.body)?.['identity']) ?? '');
  return identity ?? { kind: 'rejected', reason: `${reasonOf(reply.answer, question)}: nothing of who is asking` };
}

/** `https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU`; null when it is no such address. */
function parseIdentity(address: string): Identity | null {
  const [, organizationId = '', userId = ''] = /\/id\/(00D\w+)\/(005\w+)$/.exec(address) ?? [];
  return isId(organizationId) && isId(userId)
    ? { organizationId: longId(organizationId), userId: longId(userId) }
    : null;
}
