import type { Call } from '../domain/call.ts';
import type { JsonObject } from '../domain/json.ts';
import type { PersonHistory } from '../ledger/ledger.ts';
import { buildScope } from '../templates/scope.ts';

/** What templates see of a call; `history` null while integrations are matched, where it is not counted yet. */
export function createScope(call: Call, history: PersonHistory | null): JsonObject {
  return buildScope({ call, sourceName: call.source, history: history === null ? null : { ...history } });
}
