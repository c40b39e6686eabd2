import type { JsonObject } from '../../../domain/json.ts';
import type { CheckFinding, Failure, RequestContext } from '../../destination.ts';
import { isSuccessStatus, type Answer } from '../../rest/answer.ts';
import { asObject } from '../../rest/read-path.ts';
import { objectsOf, readRecords, readSubAnswers, textOf } from '../answer.ts';
import { reasonOf } from '../classify.ts';
import { readIdentity, type Identity } from '../identity.ts';
import { count, readUsage } from '../limits.ts';
import { composite } from '../org.ts';
import { isOneOf, select, subQuery } from '../soql.ts';
import { failed, look, type Checked } from './look.ts';

/** `usable` false: nothing else needs to be asked. */
interface Login {
  readonly usable: boolean;
  readonly findings: readonly CheckFinding[];
}

/** Which org it is, as whom we are there, and what is left of its day. */
export async function checkLogin(checked: Checked, context: RequestContext): Promise<Login> {
  const { parts, config } = checked;
  const versions = await readVersions(checked, context);
  if ('level' in versions) return { usable: false, findings: [versions] };
  const version = config.api_version;
  if (!versions.includes(version)) return { usable: false, findings: [notServed(checked, versions)] };
  const identity = await readIdentity(parts.client, version, context);
  if ('kind' in identity) return { usable: false, findings: [failed(identity)] };
  const answer = await readNames(checked, identity, context);
  if ('kind' in answer) return { usable: false, findings: [failed(answer)] };
  const organization = recordIn(answer, 'organization');
  return {
    usable: true,
    findings: [
      orgFinding(organization, identity, { version, versions }),
      userFinding(recordIn(answer, 'user'), identity, config.auth.flow),
      quotaFinding(answer, config.daily_share),
    ],
  };
}

/** Such as `66.0`, the oldest first. */
async function readVersions({ parts }: Checked, context: RequestContext): Promise<readonly string[] | CheckFinding> {
  const reply = await look(parts, '/services/data', context);
  if (reply.kind !== 'answer') return failed(reply);
  const { answer } = reply;
  const versions = objectsOf(answer.body).flatMap(({ version }) => textOf(version) ?? []);
  if (isSuccessStatus(answer.status) && versions.length > 0) return versions;
  const message = `${reasonOf(answer, { label: 'GET /services/data' })}: this does not look like Salesforce. Check login_url at destinations.${parts.destination}.`;
  return { level: 'error', message };
}

function notServed({ parts, config }: Checked, versions: readonly string[]): CheckFinding {
  const message = `Salesforce serves the API versions ${rangeOf(versions)} here; api_version at destinations.${parts.destination} is ${config.api_version}.`;
  return { level: 'error', message };
}

function rangeOf(versions: readonly string[]): string {
  return `${versions[0]} to ${versions.at(-1)}`;
}

/** What may not be read is shown by its id. */
async function readNames(
  { parts, config }: Checked,
  { userId, organizationId }: Identity,
  context: RequestContext,
): Promise<Answer | Failure> {
  const version = config.api_version;
  const organization = { from: 'Organization', fields: ['Name', 'OrganizationType', 'IsSandbox', 'InstanceName'] };
  const user = { from: 'User', fields: ['Name', 'Username'] };
  const question = composite([
    subQuery(version, 'organization', { soql: select({ ...organization, where: isOneOf('Id', [organizationId]) }) }),
    subQuery(version, 'user', { soql: select({ ...user, where: isOneOf('Id', [userId]) }) }),
  ]);
  const reply = await look(parts, question, context);
  return reply.kind === 'answer' ? reply.answer : reply;
}

function recordIn(answer: Answer, referenceId: string): JsonObject | null {
  const sub = readSubAnswers(answer).find((candidate) => candidate.referenceId === referenceId);
  if (sub === undefined || !isSuccessStatus(sub.status)) return null;
  return readRecords(asObject(sub.body), 'records')[0] ?? null;
}

function orgFinding(
  organization: JsonObject | null,
  { organizationId }: Identity,
  { version, versions }: { readonly version: string; readonly versions: readonly string[] },
): CheckFinding {
  const { Name: name, OrganizationType: edition, IsSandbox: isSandbox, InstanceName: instance } = organization ?? {};
  const kind = isSandbox === true ? 'sandbox' : isSandbox === false ? 'production' : null;
  const facts = [organizationId, textOf(edition), kind, textOf(instance)].filter((fact) => fact !== null);
  const message = `Salesforce org ${textOf(name) ?? ''} (${facts.join(', ')}), API ${version} of ${rangeOf(versions)}.`;
  return { level: 'ok', message: message.replaceAll(/ {2,}/g, ' ') };
}

function userFinding(user: JsonObject | null, { userId }: Identity, flow: string): CheckFinding {
  const { Name: name, Username: username } = user ?? {};
  const who = `${textOf(name) ?? 'user'} (${textOf(username) ?? userId})`;
  return { level: 'ok', message: `Logged in by ${flow} as ${who}.` };
}

/** This near to where Hookline waits, an operator wants to know. */
const SCARCE = 0.9;

function quotaFinding(answer: Answer, share: number): CheckFinding {
  const usage = readUsage(answer);
  if (usage === null) return { level: 'ok', message: 'Salesforce says nothing of its daily limit.' };
  const { used, limit } = usage;
  const stop = Math.floor(limit * share);
  const words = `${count(used)} of ${count(limit)} API requests of the last 24 hours are used, by all apps together; Hookline waits from ${count(stop)} on (daily_share ${share})`;
  if (used < stop * SCARCE) return { level: 'ok', message: `${words}.` };
  const consequence = used < stop ? 'That is near' : 'So it waits, and goes on by itself when there is room again';
  return { level: 'warning', message: `${words}. ${consequence}.` };
}
