import type { JsonObject } from '../../../domain/json.ts';
import type { Failure, RequestContext } from '../../destination.ts';
import { isSuccessStatus, type Answer } from '../../rest/answer.ts';
import { sentenceOf } from '../../sentence-of.ts';
import type { SetupStep } from '../../setup.ts';
import { readErrors, readRecords } from '../answer.ts';
import { reading, type Question, type SalesforceClient } from '../client.ts';

/** What making things in the org works with. */
export interface Maker {
  /** Whoever makes: an administrator's session where there is one, else that of the daemon's user. */
  readonly client: SalesforceClient;
  /** Who that is, at the beginning of a sentence. */
  readonly who: string;
  readonly context: RequestContext;
}

export interface Step extends SetupStep {
  /** An administrator could do what failed. */
  readonly lacksRight?: boolean;
}

/** `goOn` false: whatever comes next would meet the same. */
export interface Made {
  readonly steps: readonly Step[];
  readonly goOn: boolean;
}

export function ended(step: Step): Made {
  return { steps: [step], goOn: true };
}

export function stopped(failure: Failure): Made {
  return { steps: [{ outcome: 'failed', message: sentenceOf(failure) }], goOn: failure.kind === 'rejected' };
}

export type Reply = { readonly kind: 'answer'; readonly answer: Answer } | Failure;

type Asked = Pick<Question, 'label' | 'operation' | 'effect'>;

/** Being forbidden it is an answer, too. */
export async function ask({ client, context }: Maker, question: Asked): Promise<Reply> {
  const reply = await client.ask({ ...question, mayBeForbidden: true }, context);
  if (reply.kind === 'planned') throw new Error(`${question.label} was planned instead of sent`);
  return reply;
}

export function posting(path: string, body: JsonObject): Asked {
  return {
    label: `POST ${path}`,
    effect: 'write',
    operation: (connection) => connection.requestPost(path, body),
  };
}

export function patching(path: string, body: JsonObject): Asked {
  return {
    label: `PATCH ${path}`,
    effect: 'write',
    operation: (connection) => connection.requestPatch(path, body),
  };
}

/** None, too, where the user may not look: then making it says more. */
export async function findRecords(
  maker: Maker,
  resource: '/query' | '/tooling/query',
  soql: string,
): Promise<readonly JsonObject[] | Failure> {
  const reply = await ask(maker, reading(`${resource}?q=${encodeURIComponent(soql)}`));
  if (reply.kind !== 'answer') return reply.kind === 'rejected' ? [] : reply;
  return isSuccessStatus(reply.answer.status) ? readRecords(reply.answer.body, 'records') : [];
}

const NO_RIGHT = ['INVALID_TYPE', 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'];

/** Salesforce has many words for a right that is missing; what the user may not see is "not there". */
export function isForbidden({ status, body }: Answer): boolean {
  if (status === 403 || status === 404) return true;
  return readErrors(body).some(({ code }) => code.startsWith('INSUFFICIENT_ACCESS') || NO_RIGHT.includes(code));
}
