import type { CallFields, Direction } from './call.ts';
import type { JsonObject } from './json.ts';
import { compareText, type RankedEvent } from './order.ts';
import { statements, type FactValue, type Statement } from './stated.ts';

type NumberName = 'customer_number' | 'business_number' | 'from_number' | 'to_number';
type Parties = Pick<CallFields, NumberName>;

export interface Identity extends Parties, Pick<CallFields, 'direction' | 'channel' | 'customer_number_raw'> {
  /** Values that contradict the ones applied: field → values, sorted. */
  readonly conflicts: JsonObject;
}

/**
 * Rule 5: who called whom comes from the earliest kind of event and stays; only `call.updated` changes it. What the
 * others say differently is a conflict, kept and not applied. A number of our own is never the customer's.
 */
export function identify(events: readonly RankedEvent[], ownNumbers: readonly string[]): Identity {
  const direction = identityFact(events, 'direction');
  const customer = identityFact(events, 'customer_number', ({ value }) => !ownNumbers.includes(value));
  const business = identityFact(events, 'business_number');
  const from = identityFact(events, 'from_number');
  const to = identityFact(events, 'to_number');
  const stated = {
    customer_number: customer.value,
    business_number: business.value,
    from_number: from.value,
    to_number: to.value,
  };
  const facts = { direction, customer_number: customer, business_number: business, from_number: from, to_number: to };
  const applied = direction.value ?? 'unknown';
  return {
    direction: applied,
    channel: identityFact(events, 'channel').value ?? 'phone',
    customer_number_raw: identityFact(events, 'customer_number_raw').value,
    ...deriveParties(stated, applied, ownNumbers),
    conflicts: Object.fromEntries(
      Object.entries(facts).flatMap(([name, { conflicts }]) => (conflicts.length > 0 ? [[name, conflicts]] : [])),
    ),
  };
}

interface IdentityFact<Value> {
  readonly value: Value | null;
  readonly conflicts: readonly Value[];
}

function identityFact<Name extends NumberName | 'direction' | 'channel' | 'customer_number_raw'>(
  events: readonly RankedEvent[],
  name: Name,
  isAllowed: (statement: Statement<FactValue<Name>>) => boolean = () => true,
): IdentityFact<FactValue<Name>> {
  const stated = statements(events, name).filter(isAllowed);
  const updated = stated.findLast(({ from }) => from.event.type === 'call.updated');
  const reported = stated.filter(({ from }) => from.event.type !== 'call.updated').map(({ value }) => value);
  const base = reported[0] ?? null;
  const conflicts = [...new Set(reported.filter((value) => value !== base))].toSorted(compareText);
  return { value: updated?.value ?? base, conflicts };
}

/** Fills in roles from sides and sides from roles, where the direction tells. Nothing stated is changed. */
function deriveParties(stated: Parties, direction: Direction, ownNumbers: readonly string[]): Parties {
  const { from_number: from, to_number: to } = stated;
  const roles = rolesOf({ from, to }, direction, ownNumbers);
  const customer = stated.customer_number ?? roles.customer;
  const business = stated.business_number ?? roles.business;
  const inbound = direction === 'inbound';
  const sidesKnown = direction !== 'unknown';
  return {
    customer_number: customer,
    business_number: business,
    from_number: from ?? (sidesKnown ? (inbound ? customer : business) : null),
    to_number: to ?? (sidesKnown ? (inbound ? business : customer) : null),
  };
}

interface Sides {
  readonly from: string | null;
  readonly to: string | null;
}

function rolesOf({ from, to }: Sides, direction: Direction, ownNumbers: readonly string[]): Roles {
  if (direction === 'unknown') return rolesByOwnNumbers({ from, to }, ownNumbers);
  const customer = direction === 'inbound' ? from : to;
  const business = direction === 'inbound' ? to : from;
  return { customer: customer !== null && ownNumbers.includes(customer) ? null : customer, business };
}

interface Roles {
  readonly customer: string | null;
  readonly business: string | null;
}

/** Without a direction the sides still tell who is who, when exactly one of them is ours. */
function rolesByOwnNumbers({ from, to }: Sides, ownNumbers: readonly string[]): Roles {
  if (from === null || to === null || ownNumbers.includes(from) === ownNumbers.includes(to)) {
    return { customer: null, business: null };
  }
  return ownNumbers.includes(from) ? { customer: to, business: from } : { customer: from, business: to };
}
