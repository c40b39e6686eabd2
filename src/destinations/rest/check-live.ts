import type { CheckFinding, RequestContext } from '../destination.ts';
import type { CompiledRequest } from './compile-request.ts';
import type { RestParts } from './parts.ts';

/** Sends the operator's harmless request: reachability and credentials in one. */
export async function checkLive(
  { ask, destination }: RestParts,
  request: CompiledRequest | null,
  context: RequestContext,
): Promise<readonly CheckFinding[]> {
  if (request === null) {
    return [
      {
        level: 'warning',
        message: `Nothing was asked: destinations.${destination} has no \`check\` request, so neither its address nor its credentials are proved. Add one that changes nothing, such as check: { path: /me }.`,
      },
    ];
  }
  const reply = await ask(
    { request, scope: {}, purpose: 'search', success: null, conflict: null, none: null },
    context,
  );
  if (reply.kind === 'success') return [{ level: 'ok', message: `${request.label} → ${reply.answer.status}` }];
  if (reply.kind === 'none' || reply.kind === 'planned' || reply.kind === 'conflict') {
    return [
      {
        level: 'error',
        message: `${request.label}: a parameter is empty; the check request has no call to take values from.`,
      },
    ];
  }
  const hint = 'hint' in reply && reply.hint !== undefined ? ` ${reply.hint}` : '';
  return [{ level: 'error', message: `${reply.reason}.${hint}` }];
}
