import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

import ipaddr from 'ipaddr.js';

/** Thrown (as the error of a lookup) when a name leads to an address we may not call. */
export class RefusedAddressError extends Error {
  override readonly name = 'RefusedAddressError';
}

const IPV4_COMPATIBLE: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('::'), 96];

/**
 * Why an address must not be called, as words for the operator; null when it is a public one. Everything that is not
 * plain unicast is refused: private, loopback, link-local (cloud metadata), carrier-grade NAT, multicast, and the
 * IPv6 forms that wrap an IPv4 address (mapped ones are judged by what they wrap).
 */
export function refusalOf(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'is not an address';
  const parsed = ipaddr.process(address);
  // `::127.0.0.1`: the form before the mapped one, given up by RFC 4291.
  const range = parsed.kind() === 'ipv6' && parsed.match(IPV4_COMPATIBLE) ? 'ipv4Compatible' : parsed.range();
  return range === 'unicast' ? null : `is not a public address (${range})`;
}

/** True when the host of a URL is an address and not a name; no lookup will happen for it. */
export function addressInUrl(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? bare : null;
}

/**
 * A DNS lookup that refuses names with any address that is not public. It is the lookup the connection itself uses,
 * so a name that changes its address between check and connect (DNS rebinding) gains nothing.
 */
export const publicOnlyLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const refused = addresses.find(({ address }) => refusalOf(address) !== null);
    if (refused !== undefined) {
      const why = `${hostname} leads to ${refused.address}, which ${refusalOf(refused.address) ?? ''}`;
      return callback(new RefusedAddressError(why), []);
    }
    return answerLookup(addresses, options.all === true, callback);
  });
};

function answerLookup(
  addresses: readonly LookupAddress[],
  all: boolean,
  callback: Parameters<LookupFunction>[2],
): void {
  if (all) return callback(null, [...addresses]);
  const first = addresses[0];
  return first === undefined ? callback(new Error('no address'), '') : callback(null, first.address, first.family);
}
