import type { Ledger, NewEvent } from '../ledger/ledger.ts';
import type { Health } from '../observability/health.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { HeaderLines, UnverifiedRequest, Verification } from '../platforms/platform.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import { isAllowed } from '../shared/ip.ts';
import type { Logger } from '../shared/logger.ts';
import { acceptedAnswer, refusedAnswer, type Answer, type RefusedStatus } from './answer.ts';
import type { FindAddress } from './client-address.ts';
import { createEvent, createQuarantinedEvent, type EventOrigin } from './create-event.ts';
import type { InflateBody } from './inflate-body.ts';
import { headerValue } from './kept-headers.ts';
import type { Limits } from './limits.ts';
import type { BodyOutcome } from './read-request-body.ts';
import type { ReceivedSource } from './received-source.ts';
import { recordInTime } from './record-in-time.ts';
import type { Refusals } from './refusals.ts';
import { standInFor } from './stand-in.ts';

export interface ReceiveDependencies {
  readonly sources: ReadonlyMap<string, ReceivedSource>;
  readonly findAddress: FindAddress;
  readonly ledger: Pick<Ledger, 'recordEvent'>;
  readonly queue: Pick<Queue, 'ring'>;
  readonly clock: Clock;
  /** The host's: what senders compare theirs with. */
  readonly hostClock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'eventAnswered' | 'acknowledged'>;
  readonly health: Pick<Health, 'ledgerAccepted' | 'ledgerRefused'>;
  readonly limits: Limits;
  readonly inflateBody: InflateBody;
  readonly refusals: Refusals;
  /** The ledger gets this long; with the way there and back the sender knows inside 4 s (design.md section 4). */
  readonly ledgerTimeoutMs: number;
}

/** A webhook request whose body has not been read yet. */
export interface IncomingWebhook {
  readonly method: string;
  readonly url: string;
  readonly source: string;
  readonly pathToken: string | null;
  readonly headers: HeaderLines;
  readonly socketAddress: string;
  readonly readBody: (maxBytes: number) => Promise<BodyOutcome>;
}

/** From bytes to 200 (design.md section 3). Null when the sender hung up and nobody is left to answer. */
export async function receiveWebhook(deps: ReceiveDependencies, incoming: IncomingWebhook): Promise<Answer | null> {
  const delivery = startDelivery(deps, incoming);
  const wait = await deps.limits.takeForAddress(delivery.address ?? incoming.socketAddress);
  if (wait !== null) return refuse(deps, delivery, { status: 429, cause: 'address_rate', retryAfterSeconds: wait });

  const read = await readDelivery(deps, delivery);
  if (read.kind === 'aborted') return null;
  if (read.kind === 'refused') return refuse(deps, delivery, read);

  const { source } = delivery;
  const verification = verify(deps, delivery, read.request);
  if (!delivery.known) return refuse(deps, delivery, { status: 401, cause: 'unknown_source', body: read.request.body });
  if (verification.kind === 'refused') return refuseUnverified(deps, delivery, read.request, verification.cause);
  // Only now, and only to who proved something: a stranger must not learn from a 403 that there is such a source (trap 23).
  if (!isAllowedAddress(delivery)) {
    const status = source.addressIsOnlyProof ? 401 : 403;
    return refuse(deps, delivery, { status, cause: 'address_not_allowed', body: read.request.body });
  }

  const sourceWait = await deps.limits.takeForSource(source);
  if (sourceWait !== null)
    return refuse(deps, delivery, { status: 429, cause: 'source_rate', retryAfterSeconds: sourceWait });

  return keepEvent(deps, delivery, createEvent(delivery, verification.request));
}

/**
 * The sender's time is compared with the host's, which is set by somebody who knows. Should it be set wrongly, the steady
 * clock still knows better for hours, and a webhook that is refused is a lead that is lost: in time by either is in time.
 */
function verify({ hostClock }: ReceiveDependencies, delivery: Delivery, request: UnverifiedRequest): Verification {
  const { adapter } = delivery.source;
  const hostMs = hostClock.now();
  const verification = adapter.verify(request, hostMs);
  const differs = Math.abs(hostMs - delivery.receivedAtMs) > CLOCKS_DIFFER_MS;
  if (verification.kind !== 'refused' || !differs) return verification;
  return adapter.verify(request, delivery.receivedAtMs);
}

/** Above what reading a body takes. */
const CLOCKS_DIFFER_MS = 30_000;

/** One request on its way: who sent it, to whom, when. */
interface Delivery extends EventOrigin {
  readonly incoming: IncomingWebhook;
  readonly known: boolean;
  /** Null when a trusted proxy named something that is no address. */
  readonly address: string | null;
}

interface Refused {
  readonly status: RefusedStatus;
  readonly cause: string;
  readonly bodyBytes?: number;
  /** When it was read to its end. */
  readonly body?: Buffer;
  readonly retryAfterSeconds?: number;
}

type ReadDelivery =
  | { readonly kind: 'request'; readonly request: UnverifiedRequest }
  | { readonly kind: 'aborted' }
  | ({ readonly kind: 'refused' } & Refused);

function startDelivery(deps: ReceiveDependencies, incoming: IncomingWebhook): Delivery {
  const source = deps.sources.get(incoming.source);
  return {
    id: deps.ids.next('evt'),
    source: source ?? standInFor(incoming.source, deps.sources),
    known: source !== undefined,
    receivedAtMs: deps.clock.now(),
    incoming,
    address: deps.findAddress(incoming.socketAddress, incoming.headers),
  };
}

const UNREAD: Readonly<Record<Exclude<BodyOutcome['kind'], 'body' | 'aborted'>, Refused>> = {
  too_large: { status: 413, cause: 'body_too_large' },
  timed_out: { status: 503, cause: 'body_too_slow' },
  overloaded: { status: 503, cause: 'too_many_bodies' },
};

async function readDelivery(
  { inflateBody }: ReceiveDependencies,
  { incoming, source }: Delivery,
): Promise<ReadDelivery> {
  const { method, url, headers, pathToken } = incoming;
  const read = await incoming.readBody(source.maxBodyBytes);
  if (read.kind === 'aborted') return read;
  if (read.kind !== 'body') return { kind: 'refused', ...UNREAD[read.kind], bodyBytes: read.bytes };
  const encoding = headerValue(headers, 'content-encoding');
  const inflated = encoding === null ? null : await inflateBody(read.bytes, encoding, source.maxBodyBytes);
  if (inflated?.kind === 'refused') return { ...inflated, body: read.bytes };
  const body = inflated?.body ?? read.bytes;
  return { kind: 'request', request: { method, url, headers, pathToken, body, wireBody: read.bytes } };
}

function isAllowedAddress({ source, address }: Delivery): boolean {
  if (source.allowedCidrs === null) return true;
  return address !== null && isAllowed(address, source.allowedCidrs);
}

async function refuseUnverified(
  deps: ReceiveDependencies,
  delivery: Delivery,
  request: UnverifiedRequest,
  cause: string,
): Promise<Answer> {
  const { source } = delivery;
  if (source.onInvalid === 'reject' || !isAllowedAddress(delivery)) {
    return refuse(deps, delivery, { status: 401, cause, body: request.body });
  }
  const wait = await deps.limits.takeForQuarantine(source, request.body.length);
  if (wait !== null) return refuse(deps, delivery, { status: 429, cause: 'quarantine_rate', retryAfterSeconds: wait });
  return keepEvent(deps, delivery, createQuarantinedEvent(delivery, request, cause));
}

/** 200 means on disk (design.md section 4, promise 1). */
async function keepEvent(deps: ReceiveDependencies, delivery: Delivery, event: NewEvent): Promise<Answer> {
  const recorded = await recordInTime(deps.ledger, event, deps.ledgerTimeoutMs);
  if (recorded.kind === 'not_recorded') {
    deps.health.ledgerRefused();
    deps.logger.error('receive.not_stored', { source: event.source, cause: recorded.cause, error: recorded.error });
    return refuse(deps, delivery, { status: 503, cause: recorded.cause, bodyBytes: event.body.length });
  }
  deps.health.ledgerAccepted();
  if (recorded.kind === 'recorded' && event.state === 'pending') deps.queue.ring({ kind: 'event' });
  deps.metrics.eventAnswered(event.source, event.state === 'quarantined' ? 'quarantined' : recorded.kind);
  const tookMs = deps.clock.now() - delivery.receivedAtMs;
  deps.metrics.acknowledged(tookMs / 1000);
  const { source, type, state } = event;
  deps.logger.debug('receive.answered', {
    source,
    event: recorded.id,
    kind: recorded.kind,
    type,
    state,
    took_ms: tookMs,
  });
  return acceptedAnswer(recorded.id, recorded.kind === 'duplicate');
}

function refuse(deps: ReceiveDependencies, delivery: Delivery, refused: Refused): Answer {
  const { incoming, known, address, receivedAtMs } = delivery;
  deps.refusals.record({
    status: refused.status,
    cause: refused.cause,
    sourceName: incoming.source,
    known,
    address: address ?? incoming.socketAddress,
    receivedAtMs,
    bodyBytes: refused.body?.length ?? refused.bodyBytes ?? 0,
    body: refused.body ?? null,
  });
  return refusedAnswer(refused.status, refused.retryAfterSeconds);
}
