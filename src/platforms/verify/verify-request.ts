import type { UnverifiedRequest, Verification, VerifiedRequest } from '../platform.ts';
import type { Checked, Method } from './method.ts';

type Held = Extract<Checked, { kind: 'held' }>;

/**
 * The only maker of a `VerifiedRequest`. Every configured method has to hold (a signature and a path token are two locks
 * on one door), and all are tried whatever the first one says. Without methods nobody gets in.
 */
export function verifyRequest(request: UnverifiedRequest, methods: readonly Method[], nowMs: number): Verification {
  const results = methods.map((method) => method.check(request, nowMs));
  const failed = results.find((result) => result.kind === 'failed');
  if (failed !== undefined) return { kind: 'refused', cause: failed.cause };
  const held = results.filter((result) => result.kind === 'held');
  if (held.length === 0) return { kind: 'refused', cause: 'no_authentication' };
  return { kind: 'verified', request: brand(request, held) };
}

function brand(request: UnverifiedRequest, held: readonly Held[]): VerifiedRequest {
  const verified: Omit<VerifiedRequest, keyof { [brand: symbol]: true }> = {
    ...request,
    body: held.find(({ body }) => body !== undefined)?.body ?? request.body,
    proof: held.map(({ proof }) => proof).join(', '),
    notes: held.flatMap(({ notes }) => notes ?? []),
  };
  return verified as VerifiedRequest;
}
