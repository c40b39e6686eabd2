import type { Failure, RequestContext } from '../../destination.ts';
import { sentenceOf } from '../../sentence-of.ts';
import type { SetupStep } from '../../setup.ts';
import { textOf } from '../answer.ts';
import type { SalesforceClient } from '../client.ts';
import { readIdentity } from '../identity.ts';
import type { LookupOptions } from '../lookup.ts';
import { isOneOf, select } from '../soql.ts';
import { grantAccess, type Grantee } from './grant-access.ts';
import { makeField } from './make-field.ts';
import { findRecords, type Maker, type Step } from './maker.ts';
import { awaitAccess, lackingAccess, seeFields, type Looking, type Seen } from './see-fields.ts';
import { fullName, PERMISSION_SET, WANTED_FIELDS, type WantedField } from './wanted-fields.ts';

export interface SetupInput extends Pick<LookupOptions, 'client' | 'version' | 'destination' | 'after'> {
  /** An administrator's session for this alone; null: the daemon's user makes what he may. */
  readonly administrator: SalesforceClient | null;
}

/**
 * Makes our unique fields, so that Salesforce itself keeps doubles out, and lets the daemon's user see them. What is there
 * is left alone; what the org does not offer or the user may not do is said, and does not keep the rest from being made.
 */
export async function setUp(input: SetupInput, context: RequestContext): Promise<readonly SetupStep[]> {
  const user = await findUser(input, context);
  if ('kind' in user) return [failed(user)];
  const seen = await seeFields({ client: input.client, context }, WANTED_FIELDS);
  if ('kind' in seen) return [failed(seen)];
  const maker: Maker = {
    client: input.administrator ?? input.client,
    who: input.administrator === null ? user.name : 'the user of SETUP_TOKEN',
    context,
  };
  const { steps, there, goOn } = await makeFields(maker, seen);
  const access = goOn ? await giveAccess(maker, { ...input, context }, { user, seen, there }) : [];
  return withOtherWays([...steps, ...access], input, user).map(({ outcome, message }) => ({ outcome, message }));
}

function failed(failure: Failure): Step {
  return { outcome: 'failed', message: sentenceOf(failure) };
}

/** Whoever the daemon's session belongs to, whichever flow gave it. */
async function findUser({ client, version }: SetupInput, context: RequestContext): Promise<Grantee | Failure> {
  const identity = await readIdentity(client, version, context);
  if ('kind' in identity) return identity;
  const id = identity.userId;
  const soql = select({ from: 'User', fields: ['Name', 'Username'], where: isOneOf('Id', [id]) });
  const rows = await findRecords({ client, context, who: '' }, '/query', soql);
  if ('kind' in rows) return rows;
  const { Name: name, Username: username } = rows[0] ?? {};
  return { id, name: `${textOf(name) ?? 'user'} (${textOf(username) ?? id})` };
}

interface MadeFields {
  readonly steps: readonly Step[];
  /** Fields that exist now. */
  readonly there: readonly WantedField[];
  readonly goOn: boolean;
}

async function makeFields(maker: Maker, seen: Seen): Promise<MadeFields> {
  const steps: Step[] = [];
  const there: WantedField[] = [];
  for (const wanted of WANTED_FIELDS) {
    const made = await makeField(maker, wanted, seen.get(wanted.type) ?? null);
    steps.push(...made.steps);
    if (made.steps.every(({ outcome }) => outcome === 'made' || outcome === 'present')) there.push(wanted);
    if (!made.goOn) return { steps, there, goOn: false };
  }
  return { steps, there, goOn: true };
}

interface Access {
  readonly user: Grantee;
  readonly seen: Seen;
  readonly there: readonly WantedField[];
}

/** Where the user has all access already, by whatever permission set or profile, nothing is made. */
async function giveAccess(maker: Maker, looking: Looking, { user, seen, there }: Access): Promise<readonly Step[]> {
  if (there.length === 0) return [];
  const lacking = lackingAccess(seen, there);
  if (lacking.length === 0) {
    return [{ outcome: 'present', message: `Access to these fields for ${user.name}.` }];
  }
  const { steps } = await grantAccess(maker, there, user);
  if (steps.some(({ outcome }) => outcome === 'failed')) return steps;
  const still = await awaitAccess(looking, lacking);
  if ('kind' in still) return [...steps, failed(still)];
  return still.length === 0 ? steps : [...steps, unseen(still, user)];
}

function unseen(fields: readonly WantedField[], { name }: Grantee): Step {
  const message = `${fields.map((field) => fullName(field)).join(', ')}: access was given, and ${name} does not have it yet. Run this again in some minutes.`;
  return { outcome: 'failed', message };
}

/** The daemon's user is no administrator, as he should not be: said once, behind the last thing that he may not do. */
function withOtherWays(
  steps: readonly Step[],
  { administrator, destination }: SetupInput,
  { name }: Grantee,
): readonly Step[] {
  const last = steps.findLast(({ lacksRight }) => lacksRight);
  if (last === undefined) return steps;
  const deploy = `deploy docs/salesforce-metadata (sf project deploy start --metadata-dir docs/salesforce-metadata) and assign the permission set ${PERMISSION_SET.Name} to ${name}`;
  const lend = `or lend an access token for this alone: SETUP_TOKEN=... npm run hookline -- setup ${destination}`;
  const ways = `In place of all that, an administrator can ${deploy}${administrator === null ? `, ${lend}` : '.'}`;
  return steps.map((step) => (step === last ? { ...step, message: `${step.message} ${ways}` } : step));
}
