import type { RecordKind } from '../destination.ts';
import type { Compiler, IssuePath } from './compiler.ts';
import type { KindConfig, Strategy } from './schema.ts';

const REQUEST_NAMES = ['create', 'update', 'put', 'upsert'] as const;
type RequestName = (typeof REQUEST_NAMES)[number];

/** Which requests a strategy needs, and which it may use besides. */
const REQUESTS: Readonly<
  Record<Strategy, { readonly needs: readonly RequestName[]; readonly mayUse: readonly RequestName[] }>
> = {
  put: { needs: ['put'], mayUse: [] },
  upsert: { needs: ['upsert'], mayUse: ['update'] },
  create: { needs: ['create', 'update'], mayUse: [] },
  find_or_create: { needs: ['create', 'update'], mayUse: [] },
  find_then_update: { needs: ['update'], mayUse: [] },
  append: { needs: ['create'], mayUse: [] },
};
const NEED_A_LOOKUP: readonly Strategy[] = ['find_or_create', 'find_then_update'];

/** Adds what is wrong; `at` leads into the kind's section. */
type Complain = (message: string, at?: string) => void;

/** Parts of a kind that do not fit together. */
export function checkKind(kind: RecordKind, config: KindConfig, path: IssuePath, { issues }: Compiler): void {
  const complain: Complain = (message, at) =>
    void issues.push({ path: at === undefined ? path : [...path, at], message });
  checkRequests(config, complain);
  checkLookups(config, complain);
  if (kind === 'contact' && config.strategy === 'append') {
    complain('People are found again and updated, so strategy append is not for contacts.', 'strategy');
  }
  if (kind === 'contact') checkContactKey(config, complain);
  if (kind !== 'contact' && config.status !== undefined) complain('Only contacts have a `status` block.', 'status');
}

/** Our key of a person is the best identity a call gives: the next call may give a better one. */
function checkContactKey({ put }: KindConfig, complain: Complain): void {
  if (put === undefined || !/\{\{[^}]*\bkey\b/.test(put.path)) return;
  complain(
    'A person is known by more than one key, so {{ key }} in the path would make a second contact once a better one is known. ' +
      'Write {{ contact.phone }}, or strategy find_or_create.',
    'put',
  );
}

function checkRequests(config: KindConfig, complain: Complain): void {
  const { strategy } = config;
  const { needs, mayUse } = REQUESTS[strategy];
  for (const name of REQUEST_NAMES) {
    const isThere = config[name] !== undefined;
    if (needs.includes(name) && !isThere) complain(`Strategy ${strategy} needs a \`${name}\` request.`);
    if (isThere && !needs.includes(name) && !mayUse.includes(name)) {
      complain(`Strategy ${strategy} never sends \`${name}\`: drop it, or choose the strategy that does.`, name);
    }
  }
}

function checkLookups({ strategy, lookup, unknown_outcome: unknownOutcome }: KindConfig, complain: Complain): void {
  if (lookup.length > 0) return;
  if (NEED_A_LOOKUP.includes(strategy)) complain(`Strategy ${strategy} needs a \`lookup\`.`);
  if (unknownOutcome === 'verify_then_retry') {
    complain('verify_then_retry looks before it writes again, so it needs a `lookup`.', 'unknown_outcome');
  }
}
