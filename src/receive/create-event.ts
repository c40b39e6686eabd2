import { hash } from 'node:crypto';

import type { EventIdentity } from '../domain/event.ts';
import type { NewEvent } from '../ledger/ledger.ts';
import type { ParseContext, ReadBody, UnverifiedRequest, VerifiedRequest } from '../platforms/platform.ts';
import { readBody } from '../platforms/read-body.ts';
import { headerValue, keptHeaders } from './kept-headers.ts';
import type { ReceivedSource } from './received-source.ts';

/** What is the same for every event made of one request. */
export interface EventOrigin {
  readonly id: string;
  readonly source: ReceivedSource;
  readonly receivedAtMs: number;
}

/** The event of a verified request: read once, identified, ready to be kept. */
export function createEvent(origin: EventOrigin, request: VerifiedRequest): NewEvent {
  const contentType = headerValue(request.headers, 'content-type');
  const bodyHash = hash('sha256', request.body, 'hex');
  const context = { headers: request.headers, receivedAtMs: origin.receivedAtMs, bodyHash };
  const body = readBody(request.body, contentType);
  const { identity, problem } = identify(origin.source, body, context);
  return {
    ...identity,
    ...commonParts(origin, request, contentType),
    bodyHash,
    proof: request.proof,
    notes: [...request.notes, ...(body.kind === 'unparseable' ? [body.problem] : []), ...problem],
    state: problem.length > 0 ? 'unparseable' : stateOf(body, identity),
  };
}

/**
 * A request that failed verification and is kept all the same (`on_invalid: quarantine`). Nothing in it is believed:
 * its key is made of its bytes alone, in a range of its own, so that a forged id cannot block a real delivery.
 */
export function createQuarantinedEvent(origin: EventOrigin, request: UnverifiedRequest, cause: string): NewEvent {
  const bodyHash = hash('sha256', request.body, 'hex');
  return {
    receiptKey: `quarantine:${bodyHash}`,
    semanticKey: null,
    type: 'unknown',
    providerEvent: null,
    callId: null,
    ...commonParts(origin, request, headerValue(request.headers, 'content-type')),
    bodyHash,
    proof: `none (${cause})`,
    notes: [`kept unverified: ${cause}`],
    state: 'quarantined',
  };
}

function commonParts(origin: EventOrigin, request: UnverifiedRequest, contentType: string | null) {
  return {
    id: origin.id,
    source: origin.source.name,
    platform: origin.source.platform,
    receivedAtMs: origin.receivedAtMs,
    body: request.body,
    contentType,
    headers: keptHeaders(request.headers, origin.source.adapter.keptHeaders),
  };
}

interface Identified {
  readonly identity: EventIdentity;
  /** Empty, or what went wrong. */
  readonly problem: readonly string[];
}

/**
 * A fault in an adapter must not cost a lead: many senders never retry, and a retry would meet the same fault. The event
 * is kept by its bytes and visible as unparseable; `events show` gives the body back.
 */
function identify(source: ReceivedSource, body: ReadBody, context: ParseContext): Identified {
  try {
    return { identity: source.adapter.identify(body, context), problem: [] };
  } catch (error) {
    const identity = {
      receiptKey: context.bodyHash,
      semanticKey: null,
      type: 'unknown',
      providerEvent: null,
      callId: null,
    } as const;
    return { identity, problem: [`the ${source.platform} adapter could not identify it: ${String(error)}`] };
  }
}

function stateOf(body: ReadBody, identity: EventIdentity): NewEvent['state'] {
  if (body.kind === 'unparseable') return 'unparseable';
  const partOfCall = identity.callId !== null && identity.type !== 'source.test' && identity.type !== 'unknown';
  return partOfCall ? 'pending' : 'no_call';
}
