import type { CallFacts, Direction } from '../../domain/call.ts';
import { parsePhone, type Phone } from '../../shared/phone.ts';

/** Numbers as the sender wrote them: by role, by side, or both. */
export interface WrittenNumbers {
  readonly customer: unknown;
  readonly business: unknown;
  readonly from: unknown;
  readonly to: unknown;
  readonly forwarded: unknown;
}

export interface NumberRules {
  readonly defaultCountry: string | null;
  /** E.164. */
  readonly ownNumbers: ReadonlySet<string>;
}

type NumberFacts = Pick<
  CallFacts,
  'customer_number' | 'customer_number_raw' | 'business_number' | 'from_number' | 'to_number' | 'forwarded_to_number'
>;

interface Roles {
  readonly customer: Phone;
  readonly business: Phone;
}

const NONE: Phone = { e164: null, raw: null };

/**
 * Works out who is the person outside. Roles given by the sender count first; sides (from, to) are turned into roles by
 * the direction or by a number known to be ours. Without either they stay sides: a wrong guess would put our own number
 * into somebody's contact. Our own numbers are never the customer's.
 */
export function readNumbers(written: WrittenNumbers, direction: Direction, rules: NumberRules): NumberFacts {
  const read = (raw: unknown): Phone => parsePhone(raw, rules.defaultCountry);
  const from = read(written.from);
  const to = read(written.to);
  const sides = rolesOfSides(from, to, direction, rules.ownNumbers);
  const given = { customer: read(written.customer), business: read(written.business) };
  const roles = withoutOwn(
    { customer: either(given.customer, sides?.customer), business: either(given.business, sides?.business) },
    rules.ownNumbers,
  );
  const { customer, business } = roles;
  const hasRoles = customer.raw !== null || business.raw !== null;
  return {
    customer_number: customer.e164,
    customer_number_raw: customer.e164 === null ? customer.raw : null,
    business_number: business.e164 === customer.e164 ? null : business.e164,
    ...(hasRoles ? {} : { from_number: from.e164, to_number: to.e164 }),
    forwarded_to_number: read(written.forwarded).e164,
  };
}

function rolesOfSides(from: Phone, to: Phone, direction: Direction, own: ReadonlySet<string>): Roles | null {
  if (direction === 'inbound') return { customer: from, business: to };
  if (direction === 'outbound') return { customer: to, business: from };
  if (isOwn(from, own)) return { customer: to, business: from };
  return isOwn(to, own) ? { customer: from, business: to } : null;
}

function either(first: Phone, second: Phone = NONE): Phone {
  return first.raw === null ? second : first;
}

function withoutOwn({ customer, business }: Roles, own: ReadonlySet<string>): Roles {
  if (!isOwn(customer, own)) return { customer, business };
  return isOwn(business, own) || business.raw === null
    ? { customer: NONE, business: customer }
    : { customer: business, business: customer };
}

function isOwn(phone: Phone, own: ReadonlySet<string>): boolean {
  return phone.e164 !== null && own.has(phone.e164);
}
