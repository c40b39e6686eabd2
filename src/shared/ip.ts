import ipaddr from 'ipaddr.js';

/** A network as the operator writes it: `203.0.113.0/24`, `2001:db8::/32`, or one address. */
export type CidrEntry = string | { readonly cidr: string; readonly confirm: true };

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export interface CidrProblem {
  /** Points into the given list. */
  readonly index: number;
  /** Names the entry and what would be right. */
  readonly problem: string;
}

/** A parsed network. IPv4-mapped IPv6 networks are held as IPv4. */
export interface Cidr {
  readonly network: Address;
  readonly bits: number;
}

export type ParsedCidrs =
  | { readonly kind: 'ok'; readonly cidrs: readonly Cidr[] }
  /** One for each wrong entry. */
  | { readonly kind: 'invalid'; readonly problems: readonly CidrProblem[] };

/**
 * Parses a list of networks. One wrong entry makes the list invalid: a list that shrinks silently would lock senders
 * out, one that grows silently would let strangers in. A network of everything (`/0`) has to be confirmed.
 */
export function parseCidrs(entries: readonly CidrEntry[]): ParsedCidrs {
  const cidrs: Cidr[] = [];
  const problems: CidrProblem[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = parseCidr(entry);
    if (typeof parsed === 'string') problems.push({ index, problem: parsed });
    else cidrs.push(parsed);
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', cidrs };
}

/**
 * One address in canonical form, or null for anything that is not exactly one address. Undoes what servers and proxies
 * add: brackets, a port, a zone id, the IPv4-mapped IPv6 form. Octal and short IPv4 forms are refused.
 */
export function normalizeAddress(text: string): string | null {
  return parseAddress(text)?.toString() ?? null;
}

/** True when the address lies in one of the networks. Anything unreadable does not. */
export function isAllowed(address: string, cidrs: readonly Cidr[]): boolean {
  const parsed = parseAddress(address);
  return parsed !== null && contains(cidrs, parsed);
}

/**
 * Who really sent the request: the socket's address, or, behind trusted proxies, the first untrusted entry of
 * `X-Forwarded-For` read from the right (`xffLines`: all lines of that header, in order). Null when an entry that
 * decides is not an address: then nobody is known to have sent it.
 */
export function clientAddress(
  socketAddress: string,
  xffLines: readonly string[],
  trustedProxies: readonly Cidr[],
): string | null {
  let client = parseAddress(socketAddress);
  const hops = xffLines.flatMap((line) => line.split(','));
  while (client !== null && hops.length > 0 && contains(trustedProxies, client)) {
    client = parseAddress(hops.pop() ?? '');
  }
  return client?.toString() ?? null;
}

function contains(cidrs: readonly Cidr[], address: Address): boolean {
  return cidrs.some(({ network, bits }) => network.kind() === address.kind() && address.match(network, bits));
}

function parseCidr(entry: CidrEntry): Cidr | string {
  const text = (typeof entry === 'string' ? entry : entry.cidr).trim();
  const cidr = readCidr(text);
  if (cidr === null) {
    return `"${text}" is not a network. Write it like "203.0.113.0/24", "2001:db8::/32" or "203.0.113.7".`;
  }
  if (cidr.bits === 0 && typeof entry === 'string') {
    return `"${text}" allows every address. If that is meant, write { cidr: "${text}", confirm: true }.`;
  }
  return cidr;
}

function readCidr(text: string): Cidr | null {
  const parts = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const written = parseLiteral(parts?.[1] ?? '');
  if (written === null) return null;
  const width = written.kind() === 'ipv4' ? 32 : 128;
  const network = unmap(written);
  // A mapped network (`::ffff:192.0.2.0/120`) counts its bits from the start of the IPv6 form.
  const mappedBits = network.kind() === written.kind() ? 0 : 96;
  const bits = Number(parts?.[2] ?? width);
  return bits > width || bits < mappedBits ? null : { network, bits: bits - mappedBits };
}

function parseAddress(text: string): Address | null {
  const literal = parseLiteral(withoutPort(text.trim()).replace(/%.*$/, ''));
  return literal === null ? null : unmap(literal);
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  const single = /^([^:]+):\d{1,5}$/.exec(text);
  return single?.[1] ?? text;
}

function parseLiteral(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const dotted = text.includes('.') ? text.slice(text.lastIndexOf(':') + 1) : null;
  if (dotted !== null && !ipaddr.IPv4.isValidFourPartDecimal(dotted)) return null;
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

function unmap(address: Address): Address {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
