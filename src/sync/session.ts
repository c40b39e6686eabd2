import type { Failure } from '../destinations/destination.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Ledger, Link } from '../ledger/ledger.ts';
import type { Clock } from '../shared/clock.ts';
import type { CallMoment } from './call-moment.ts';
import type { CompiledSync } from './compiled-sync.ts';
import type { DestinationRuntime, OpenContext } from './destination-runtime.ts';
import type { Grip, KeyedMutex } from './keyed-mutex.ts';
import type { RecordReport, SyncInput } from './sync.ts';

export interface SyncDependencies {
  readonly ledger: Pick<Ledger, 'findLinks' | 'saveLinks' | 'removeLink'>;
  readonly runtime: DestinationRuntime;
  /** One per destination: two calls of one new caller make one contact. */
  readonly locks: KeyedMutex;
  readonly clock: Clock;
}

/** One `syncCall` at work. */
export interface SyncSession {
  readonly dependencies: SyncDependencies;
  readonly compiled: CompiledSync;
  readonly input: SyncInput;
  readonly contextFor: OpenContext['contextFor'];
  readonly moment: CallMoment;
  /** The lease of the run, and every lock that is held now. */
  readonly grips: Set<Grip>;
  /** Grows as records are dealt with. */
  readonly records: RecordReport[];
  /** Contacts that turned out to be deleted or merged away: links and hits that name them do not count. */
  readonly goneContacts: Set<string>;
}

/** A destination that cannot be used at all. */
export type Paused = Extract<Failure, { kind: 'paused' }>;

export type StopOutcome = Exclude<Outcome, { kind: 'done' }>;

/** A step went well, the attempt ends here, or the contact is not there any more. */
export type Step<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'stop'; readonly outcome: StopOutcome; readonly pausedBy?: Paused }
  | { readonly kind: 'contact_gone'; readonly contactId: string; readonly reason: string };

/** How an attempt ends that met this failure. */
export function stopFor(failure: Failure): Extract<Step<never>, { kind: 'stop' }> {
  const outcome = toOutcome(failure);
  return failure.kind === 'paused' ? { kind: 'stop', outcome, pausedBy: failure } : { kind: 'stop', outcome };
}

function toOutcome(failure: Failure): StopOutcome {
  switch (failure.kind) {
    case 'retry':
    case 'rejected':
      return failure;
    case 'paused':
      return { ...failure, kind: 'held' };
    case 'unknown':
      return {
        ...failure,
        kind: 'retry',
        reason: `${failure.reason}; it may have been written, the next try looks first`,
      };
    case 'gone':
      return { kind: 'retry', reason: failure.reason };
  }
}

/** The links under these keys, by key. */
export async function findLinks(
  { dependencies, compiled }: SyncSession,
  kind: Link['kind'],
  keys: readonly string[],
): Promise<ReadonlyMap<string, Link>> {
  if (keys.length === 0) return new Map();
  const links = await dependencies.ledger.findLinks(
    compiled.destination.name,
    keys.map((key) => ({ kind, key })),
  );
  return new Map(links.map((link) => [link.key, link]));
}
