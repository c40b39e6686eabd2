import { byUrgency, type Urgency } from '../domain/urgency.ts';
import type { RequestContext } from './destination.ts';

/** What waits to go with a request. */
export interface Waiting {
  readonly key: string;
  readonly context: Pick<RequestContext, 'urgency'>;
  /** Requests that left without it, because others were more urgent or there was no room. */
  readonly passedOver: number;
  readonly settled: boolean;
}

/** Whoever so many requests left without is as urgent as anybody: nobody waits for ever. */
const PASSED_OVER = 3;

/** That of the most urgent one that waits for an answer; undefined when nobody does. */
export function mostUrgent(waiters: readonly Waiting[]): Urgency | undefined {
  const waiting = waiters.filter(({ settled }) => !settled);
  return waiting.map((waiter) => urgencyOf(waiter)).toSorted(byUrgency)[0];
}

/**
 * Those that wait for an answer, the most urgent first, then in order of arrival. Items of one key stay in their order
 * and go with the most urgent of them: an older write of a record must not come after a newer one.
 */
export function inOrder<Waiter extends Waiting>(waiters: readonly Waiter[]): readonly Waiter[] {
  const waiting = waiters.filter(({ settled }) => !settled);
  const byKey = Map.groupBy(waiting, ({ key }) => key);
  const urgencies = new Map([...byKey].map(([key, sharing]) => [key, mostUrgent(sharing) ?? 'first'] as const));
  const of = ({ key }: Waiter): Urgency => urgencies.get(key) ?? 'first';
  return waiting.toSorted((left, right) => byUrgency(of(left), of(right)));
}

function urgencyOf({ context, passedOver }: Waiting): Urgency {
  return passedOver < PASSED_OVER ? context.urgency : 'first';
}
