import type { LedgerWithSandbox } from '../ledger/create-ledger.ts';
import { LedgerUnavailableError } from '../ledger/ledger-unavailable-error.ts';
import type { LedgerWatch } from '../observability/ledger-watch.ts';

/** Methods that have written something when they resolve; others may have found nothing to do. */
const WRITES: ReadonlySet<PropertyKey> = new Set([
  'recordEvent',
  'recordRefusal',
  'saveStep',
  'finishAttempt',
  'saveLink',
  'saveLinks',
  'savePause',
]);

type Method = (...given: readonly unknown[]) => unknown;

/** The same ledger; whether it could be used is told to `watch`. */
export function watchLedger(ledger: LedgerWithSandbox, watch: LedgerWatch): LedgerWithSandbox {
  const watched = new Map<PropertyKey, Method>();
  return new Proxy(ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || name === 'close') return member;
      const known = watched.get(name) ?? watchMethod(member as Method, name, watch);
      watched.set(name, known);
      return known;
    },
  });
}

function watchMethod(method: Method, name: PropertyKey, watch: LedgerWatch): Method {
  return async (...given) => {
    try {
      const result = await method(...given);
      watch.worked(String(name), WRITES.has(name));
      return result;
    } catch (error) {
      if (error instanceof LedgerUnavailableError) {
        watch.failed(String(name), { code: error.code, reason: error.message });
      }
      throw error;
    }
  };
}
