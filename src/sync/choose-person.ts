import type { FoundRecord } from '../destinations/destination.ts';
import type { Identity } from './identity.ts';

export interface Hit {
  readonly id: string;
  readonly createdAt: string | null;
  /** Null when a link told. */
  readonly record: FoundRecord | null;
}

function namesCompany({ hits }: Candidates): boolean {
  return hits.every(({ record }) => record?.isCompany === true);
}

/** Who may be meant by one identity. */
export interface Candidates {
  readonly identity: Identity;
  readonly by: 'link' | 'search';
  readonly hits: readonly Hit[];
  /** Hits that turned out to carry another number. */
  readonly refused: number;
}

/** An identity that belongs to other contacts than the chosen one. */
export interface TakenIdentity {
  readonly identity: Identity;
  readonly contactIds: readonly string[];
}

export type Choice =
  | {
      readonly kind: 'found';
      readonly id: string;
      /** `link`, `phone`, `email; phone matches 17 instead`. */
      readonly how: string;
      readonly record: FoundRecord | null;
      readonly taken: readonly TakenIdentity[];
    }
  | { readonly kind: 'none'; readonly refused: number }
  /** Only a person can tell. */
  | { readonly kind: 'many'; readonly reason: string };

/**
 * Decides whose call it is. Pure. `ownId` is the contact the call is attached to already: it stays. Otherwise the
 * first identity that matches anybody decides; of several contacts that it matches, one that other identities match
 * too, then the newest or oldest.
 */
export function choosePerson(
  ownId: string | null,
  candidates: readonly Candidates[],
  onMany: 'newest' | 'oldest' | 'hold',
): Choice {
  const matching = candidates.filter(({ hits }) => hits.length > 0);
  // A switchboard's number must not take a call away from the person that an address names.
  const first = matching.find((candidate) => !namesCompany(candidate)) ?? matching[0];
  if (ownId !== null) return found(ownId, 'link', matching);
  if (first === undefined) return { kind: 'none', refused: candidates.reduce((sum, { refused }) => sum + refused, 0) };
  const others = matching.filter((other) => other !== first && !namesCompany(other));
  const eligible = eligibleHits(first, others);
  const clash = others.find((other) => !sharesHit(other, eligible));
  if (onMany === 'hold' && (eligible.length > 1 || clash !== undefined)) {
    return { kind: 'many', reason: [first, ...(clash === undefined ? [] : [clash])].map(describe).join('; ') };
  }
  const chosen = pick(eligible, onMany);
  const how = first.by === 'link' ? 'link' : first.identity.kind;
  const many = eligible.length > 1 ? `${how}, the ${onMany} of ${eligible.map(({ id }) => id).join(', ')}` : how;
  return found(chosen.id, many, matching);
}

/** Of several contacts with one number, those that another identity names too. */
function eligibleHits(first: Candidates, others: readonly Candidates[]): readonly Hit[] {
  const agreed = first.hits.filter((hit) => others.some((other) => sharesHit(other, [hit])));
  return agreed.length > 0 ? agreed : first.hits;
}

function sharesHit({ hits }: Candidates, among: readonly Hit[]): boolean {
  return hits.some(({ id }) => among.some((hit) => hit.id === id));
}

function found(id: string, how: string, matching: readonly Candidates[]): Choice {
  const taken = matching
    .filter(({ hits }) => !hits.some((hit) => hit.id === id))
    .map(({ identity, hits }) => ({ identity, contactIds: hits.map((hit) => hit.id) }));
  const notes = taken.map(({ identity, contactIds }) => `${identity.kind} matches ${contactIds.join(', ')} instead`);
  const record =
    matching.flatMap(({ hits }) => hits).find((hit) => hit.id === id && hit.record !== null)?.record ?? null;
  return { kind: 'found', id, how: [how, ...notes].join('; '), record, taken };
}

function describe({ identity, hits }: Candidates): string {
  return `${identity.kind} ${identity.value} matches ${hits.map(({ id }) => id).join(', ')}`;
}

/** Where the CRM tells no creation time, ids decide: they grow nearly everywhere, and the choice must not waver. */
function pick(hits: readonly Hit[], which: 'newest' | 'oldest' | 'hold'): Hit {
  const sorted = hits.toSorted((left, right) => compareAge(left, right));
  const chosen = which === 'newest' ? sorted.at(-1) : sorted[0];
  if (chosen === undefined) throw new Error('there is no contact to choose from');
  return chosen;
}

function compareAge(left: Hit, right: Hit): number {
  const byTime = (left.createdAt ?? '').localeCompare(right.createdAt ?? '');
  const isTold = left.createdAt !== null && right.createdAt !== null && byTime !== 0;
  return isTold ? byTime : left.id.localeCompare(right.id, 'en', { numeric: true });
}
