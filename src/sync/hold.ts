import type { Ledger } from '../ledger/ledger.ts';
import type { Alone } from './keyed-mutex.ts';
import type { Step, SyncSession } from './session.ts';

type Links = Pick<Ledger, 'findLinks' | 'saveLinks' | 'removeLink'>;

/** Another worker may be at the same call or person by now. */
export class TakenOverError extends Error {
  constructor() {
    super('another worker may have taken over, so nothing more was written');
  }
}

/** Links, changed only while that is still ours to do: whoever stood still too long must not overwrite his successor's. */
export function guardLinks(ledger: Links, stillHeld: () => Promise<boolean>): Links {
  const insist = async (): Promise<void> => {
    if (!(await stillHeld())) throw new TakenOverError();
  };
  return {
    findLinks: (destination, keys) => ledger.findLinks(destination, keys),
    async saveLinks(links) {
      await insist();
      await ledger.saveLinks(links);
    },
    async removeLink(destination, kind, key) {
      await insist();
      await ledger.removeLink(destination, kind, key);
    },
  };
}

/** Works with these keys for itself. A preview writes nothing, so it waits for nobody. */
export async function workAlone<Value>(
  session: SyncSession,
  keys: readonly string[],
  work: () => Promise<Value>,
): Promise<Value | Extract<Step<never>, { kind: 'stop' }>> {
  const { dependencies, input, grips } = session;
  if (input.mode === 'preview') return work();
  const result: Alone<Value> = await dependencies.locks.run(keys, async (grip) => {
    grips.add(grip);
    try {
      return await work();
    } finally {
      grips.delete(grip);
    }
  });
  return result.kind === 'done' ? result.value : comeBack(session, BUSY);
}

const BUSY = 'another worker is writing the same person or record';
/** A person's other call is done in a second or two. */
const COME_BACK_MS = 1_000;

/** Nothing was tried in earnest: the attempt does not count. */
export function comeBack(
  { dependencies }: Pick<SyncSession, 'dependencies'>,
  reason: string,
): Extract<Step<never>, { kind: 'stop' }> {
  const notBeforeMs = dependencies.clock.now() + COME_BACK_MS;
  return { kind: 'stop', outcome: { kind: 'retry', reason, notBeforeMs } };
}

/** True while all of them are: the lease of the run and every lock. */
export async function areHeld(grips: ReadonlySet<{ stillHeld(): Promise<boolean> }>): Promise<boolean> {
  for (const grip of grips) if (!(await grip.stillHeld())) return false;
  return true;
}
