import type { LedgerAccess } from './ledger-access.ts';
import { CommandFailure } from './failure.ts';
import { print } from './output.ts';

/** `hookline calls unjoin <event>`: an event joined to a call by heuristics waits alone again. */
export async function unjoin(access: LedgerAccess, eventId: string): Promise<void> {
  const undone = await access.ledger.undoJoin(eventId);
  if (!undone) throw new CommandFailure(`"${eventId}" was not joined by heuristics, so there is nothing to take back.`);
  print(`${eventId} was taken out of its call; the call is folded again without it.`);
}
