import type { CallStory } from '../ledger/ledger.ts';
import { CommandFailure } from './failure.ts';
import type { LedgerAccess } from './ledger-access.ts';
import { hookline } from './output.ts';

/** How far back a shortened id is looked for. */
const SEARCHED = 500;

/**
 * The story of the call that is meant: our id (`call_…`), the platform's, the beginning of the platform's, or one as a
 * narrow list shows it (`7d0c1a52…90b6d3`).
 */
export async function getCallStory({ ledger }: LedgerAccess, id: string): Promise<CallStory> {
  const exact = await ledger.callStory(id);
  if (exact !== null) return exact;
  const [beginning = '', end = ''] = id.split('…');
  const recent = await ledger.listCalls({ limit: SEARCHED });
  const meant = recent.rows
    .map(({ call }) => call)
    .filter((call) => call.provider_call_id.startsWith(beginning) && call.provider_call_id.endsWith(end));
  const [only, ...others] = beginning === '' ? [] : meant;
  const story = only === undefined || others.length > 0 ? null : await ledger.callStory(only.id);
  if (story !== null) return story;
  if (others.length === 0) {
    throw new CommandFailure(
      `There is no call "${id}". Give Hookline's id (call_…) or the platform's call id;\n${hookline('calls')} lists them.`,
    );
  }
  const names = meant.slice(0, 10).map((call) => `  ${call.provider_call_id}  ${call.id}`);
  throw new CommandFailure([`"${id}" may be any of ${meant.length} calls:`, ...names].join('\n'));
}
