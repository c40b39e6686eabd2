import type { JsonObject } from '../../../domain/json.ts';
import type { Failure, RequestContext } from '../../destination.ts';
import type { SetupStep } from '../../setup.ts';
import { isSuccessStatus, type Answer } from '../../rest/answer.ts';
import { asObject } from '../../rest/read-path.ts';
import { sentenceOf } from '../../sentence-of.ts';
import { readError } from '../answer.ts';
import { wantedScopes } from '../check/look.ts';
import { reasonOf } from '../classify.ts';
import type { HubSpotClient, Question } from '../exchange.ts';
import { GROUP, type WantedProperty } from './properties.ts';

/** What making a property works with. */
export interface Maker {
  readonly client: HubSpotClient;
  readonly version: string;
  readonly destination: string;
  readonly context: RequestContext;
}

/** `goOn` false: whatever comes next would meet the same. */
export interface Made {
  readonly steps: readonly SetupStep[];
  readonly goOn: boolean;
}

/**
 * One property in the safe order (hubspot.md section 6): look, make the group, make the property, look again. What counts
 * is what is there in the end: neither a lost answer nor another process at the same work leads to a wrong report.
 */
export async function makeProperty(maker: Maker, wanted: WantedProperty): Promise<Made> {
  const before = await readProperty(maker, wanted, false);
  if (before.kind === 'failed') return stopped(before.failure);
  if (before.kind === 'found') return ended(judge(wanted, before.property, 'present'));
  const archived = await readProperty(maker, wanted, true);
  if (archived.kind === 'found' && !isUnique(archived.property)) return ended(lost(wanted));
  const group = await makeGroup(maker, wanted);
  if ('kind' in group) return stopped(group);
  if (group.some(({ outcome }) => outcome === 'failed')) return { steps: group, goOn: true };
  const reply = await ask(maker, { path: `/${wanted.type}`, body: wanted.definition });
  const after = await readProperty(maker, wanted, false);
  if (after.kind === 'found') return { steps: [...group, judge(wanted, after.property, 'made')], goOn: true };
  if (reply.kind !== 'answer') return stopped(reply);
  return { steps: [...group, notMade(maker, wanted, reply.answer)], goOn: true };
}

function ended(step: SetupStep): Made {
  return { steps: [step], goOn: true };
}

function stopped(failure: Failure): Made {
  return { steps: [{ outcome: 'failed', message: sentenceOf(failure) }], goOn: false };
}

type Found =
  | { readonly kind: 'found'; readonly property: JsonObject }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure };

async function readProperty(maker: Maker, { type, name }: WantedProperty, archived: boolean): Promise<Found> {
  const reply = await ask(maker, { path: `/${type}/${name}${archived ? '?archived=true' : ''}`, body: null });
  if (reply.kind !== 'answer') return { kind: 'failed', failure: reply };
  const property = isSuccessStatus(reply.answer.status) ? asObject(reply.answer.body) : null;
  // Without permission to look, making it says more.
  return property === null ? { kind: 'absent' } : { kind: 'found', property };
}

/** Nothing to say of a group that is there. */
async function makeGroup(maker: Maker, { type }: WantedProperty): Promise<readonly SetupStep[] | Failure> {
  const path = `/${type}/groups`;
  const reply = await ask(maker, { path, body: GROUP });
  if (reply.kind !== 'answer') return reply;
  const { answer } = reply;
  if (isSuccessStatus(answer.status)) {
    return [{ outcome: 'made', message: `The property group "${GROUP.label}" on ${type}.` }];
  }
  if (answer.status === 409) return [];
  if (answer.status === 403) return [{ outcome: 'failed', message: forbidden(maker, type, answer) }];
  // It may have been there all along: HubSpot's words for that are not written down anywhere.
  return [];
}

function judge({ type, name }: WantedProperty, property: JsonObject, outcome: 'made' | 'present'): SetupStep {
  if (isUnique(property)) return { outcome, message: `The unique property ${name} on ${type}.` };
  const message = `The property ${name} on ${type} is there, but not unique, and HubSpot cannot make it so later. Delete it in HubSpot (Settings > Properties) unless something else uses it, and run this again; until then ${type} are made one at a time.`;
  return { outcome: 'failed', message };
}

function isUnique({ hasUniqueValue }: JsonObject): boolean {
  return hasUniqueValue === true;
}

/** Making it would only bring the old one back. */
function lost({ type, name }: WantedProperty): SetupStep {
  const message = `A deleted property ${name} on ${type} was not unique, and HubSpot would bring it back as it was. It forgets deleted properties after 90 days; until then ${type} are made one at a time.`;
  return { outcome: 'failed', message };
}

function notMade(maker: Maker, { type, name, definition }: WantedProperty, answer: Answer): SetupStep {
  if (answer.status === 403) return { outcome: 'failed', message: forbidden(maker, type, answer) };
  const reason = reasonOf(answer, { label: `POST ${pathOf(maker, `/${type}`)}` });
  const about = `The unique property ${name} on ${type} could not be made: ${reason}.`;
  // The definition is the same for all types: what is refused is that its values be unique.
  if (answer.status === 400 && definition['hasUniqueValue'] === true) {
    const message = `${about} Hookline goes on without: ${type} are made one at a time, each after a look whether it is there.`;
    return { outcome: 'refused', message };
  }
  return { outcome: 'failed', message: about };
}

/** A token that writes records usually cannot make properties (hubspot.md section 3). */
function forbidden({ destination }: Maker, type: string, { body }: Answer): string {
  const { scopes } = readError(body);
  const wanted = wantedScopes(scopes.length === 0 ? [`crm.schemas.${type}.write`] : scopes);
  return `The token may not make properties on ${type}.${wanted} Or give a token that may, for this alone: SETUP_TOKEN=pat-... npm run hookline -- setup ${destination}`;
}

async function ask(
  maker: Maker,
  { path, body }: { readonly path: string; readonly body: JsonObject | null },
): Promise<{ readonly kind: 'answer'; readonly answer: Answer } | Failure> {
  const { client, context } = maker;
  const how: Pick<Question, 'method' | 'effect'> =
    body === null ? { method: 'GET', effect: 'read' } : { method: 'POST', effect: 'write' };
  const reply = await client.ask({ ...how, path: pathOf(maker, path), body, mayBeForbidden: true }, context);
  if (reply.kind === 'planned') throw new Error(`${how.method} ${path} was planned instead of sent`);
  return reply;
}

function pathOf({ version }: Maker, path: string): string {
  return `/crm/properties/${version}${path}`;
}
