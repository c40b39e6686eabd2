import { systemClock } from '../../shared/clock.ts';
import type { Random } from '../random.ts';
import { holdOn } from '../wait.ts';
import type { MadeCall } from './calls/call-plan.ts';
import { hashBody, signDelivery, type Delivery } from './delivery.ts';
import { createWebhookClient, postWebhook, type WebhookClient } from './post-webhook.ts';

/** What the platforms remember. */
export interface Traffic {
  /** Deliveries that a platform holds for delivered: `<source> <SHA-256 of the body>`. */
  readonly acknowledged: ReadonlySet<string>;
  readonly calls: readonly MadeCall[];
  /** Requests made, repetitions and further tries included. */
  readonly sent: number;
  /** Answered with 200. */
  readonly answered: number;
  /** Acknowledged again after having been acknowledged. */
  readonly repeated: number;
  /** Requests without an answer: refused, reset, cut or timed out. */
  readonly unanswered: number;
  /** Answers other than 200, by status. */
  readonly otherAnswers: ReadonlyMap<number, number>;
}

export interface Senders {
  readonly traffic: Traffic;
  /** Resolves at the next answer with this status; `port`: only of this receiver. */
  nextAnswer(status: number, port?: number | null): Promise<void>;
  /** Makes no new calls and resolves when every delivery was acknowledged. */
  finish(): Promise<void>;
}

export interface SenderOptions {
  /** Of the receivers; a load balancer that knows nothing picks one per request. */
  readonly ports: readonly number[];
  readonly senders: number;
  readonly makeCall: () => MadeCall;
  readonly random: Random;
  /** Longest wait between two deliveries of one sender. */
  readonly maxGapMs: number;
  /** Aborted when all is over: nothing is delivered any more. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly status: number;
  readonly port: number | null;
  readonly tell: () => void;
}

interface State {
  readonly acknowledged: Set<string>;
  readonly calls: MadeCall[];
  sent: number;
  answered: number;
  repeated: number;
  unanswered: number;
  readonly otherAnswers: Map<number, number>;
  waiting: Waiting[];
  finishing: boolean;
}

/** A platform repeats a delivery that it holds for undelivered; some do so without a reason. */
const REPEAT_CHANCE = 0.15;
const CALLS_AT_ONCE = 3;
const RETRY_MS = 50;

/** Starts senders that deliver calls until they are told to finish: events out of order, repeated, and retried. */
export function startSenders(options: SenderOptions): Senders {
  const state: State = {
    acknowledged: new Set(),
    calls: [],
    sent: 0,
    answered: 0,
    repeated: 0,
    unanswered: 0,
    otherAnswers: new Map(),
    waiting: [],
    finishing: false,
  };
  const clients = options.ports.map(createWebhookClient);
  const running = Promise.all(Array.from({ length: options.senders }, () => sendCalls(state, options, clients)));
  // It is awaited in `finish`; until then a failure must not end the process.
  running.catch(() => undefined);
  return {
    traffic: state,
    nextAnswer: (status, port = null) =>
      new Promise((resolve) => state.waiting.push({ status, port, tell: () => resolve() })),
    async finish() {
      state.finishing = true;
      await running;
    },
  };
}

async function sendCalls(state: State, options: SenderOptions, clients: readonly WebhookClient[]): Promise<void> {
  while (!options.signal.aborted && !state.finishing) {
    const calls = Array.from({ length: CALLS_AT_ONCE }, options.makeCall);
    state.calls.push(...calls);
    await deliverAll(state, options, clients, mixUp(calls, options.random));
  }
}

/** The deliveries of some calls in any order, some of them twice. */
function mixUp(calls: readonly MadeCall[], random: Random): Delivery[] {
  const deliveries = calls.flatMap((call) => call.deliveries);
  return random.shuffle([...deliveries, ...deliveries.filter(() => random.chance(REPEAT_CHANCE))]);
}

async function deliverAll(
  state: State,
  { signal, random, maxGapMs }: SenderOptions,
  clients: readonly WebhookClient[],
  queue: Delivery[],
): Promise<void> {
  for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
    const delivered = await deliverOnce(state, random.pick(clients), next);
    // A platform comes back later with what failed, and meanwhile goes on with the rest.
    if (!delivered) queue.splice(random.int(0, queue.length), 0, next);
    await holdOn(delivered ? random.int(0, maxGapMs) : RETRY_MS, signal);
  }
}

async function deliverOnce(state: State, client: WebhookClient, delivery: Delivery): Promise<boolean> {
  state.sent += 1;
  const status = await postWebhook(client, {
    path: `/webhooks/${delivery.source}`,
    headers: signDelivery(delivery, systemClock.now()),
    body: delivery.body,
  });
  if (status === 200) acknowledge(state, delivery);
  else if (status === null) state.unanswered += 1;
  else state.otherAnswers.set(status, (state.otherAnswers.get(status) ?? 0) + 1);
  if (status !== null) tellWaiting(state, status, client.port);
  return status === 200;
}

function acknowledge(state: State, delivery: Delivery): void {
  const key = `${delivery.source} ${hashBody(delivery)}`;
  if (state.acknowledged.has(key)) state.repeated += 1;
  state.acknowledged.add(key);
  state.answered += 1;
}

function tellWaiting(state: State, status: number, port: number): void {
  const fits = (one: Waiting): boolean => one.status === status && (one.port === null || one.port === port);
  const told = state.waiting.filter(fits);
  state.waiting = state.waiting.filter((one) => !fits(one));
  for (const { tell } of told) tell();
}
