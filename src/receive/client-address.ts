import type { HeaderLines } from '../platforms/platform.ts';
import { clientAddress, type Cidr } from '../shared/ip.ts';
import { headerValues } from './kept-headers.ts';

/** Who sent a request; null when a trusted proxy named something that is no address. */
export type FindAddress = (socketAddress: string, headers: HeaderLines) => string | null;

/** Senders come from few addresses; reading one anew for every request showed in the profile of the receive path. */
const MAX_REMEMBERED = 1000;

/** `X-Forwarded-For` is looked at only when there are proxies to believe (traps 19 and 20). */
export function createFindAddress(trustedProxies: readonly Cidr[]): FindAddress {
  const remembered = new Map<string, string | null>();
  return (socketAddress, headers) => {
    const forwarded = trustedProxies.length === 0 ? [] : headerValues(headers, 'x-forwarded-for');
    if (forwarded.length > 0) return clientAddress(socketAddress, forwarded, trustedProxies);
    const known = remembered.get(socketAddress);
    if (known !== undefined) return known;
    const address = clientAddress(socketAddress, [], trustedProxies);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(socketAddress, address);
    return address;
  };
}
