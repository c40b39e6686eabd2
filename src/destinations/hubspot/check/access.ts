import type { CheckFinding, RecordKind, RequestContext } from '../../destination.ts';
import type { Answer } from '../../rest/answer.ts';
import { OBJECT_TYPES } from '../objects.ts';
import type { HubSpotParts } from '../parts.ts';
import { failed, look, wantedScopes } from './look.ts';

/** Calls and tasks have no scopes of their own (hubspot.md section 3). */
const WRITE_SCOPE = 'crm.objects.contacts.write';

/** Whether records can be read, and what HubSpot says of its limits while they are. */
export async function checkAccess(
  { client, version }: HubSpotParts,
  kinds: readonly RecordKind[],
  context: RequestContext,
): Promise<readonly CheckFinding[]> {
  const findings: CheckFinding[] = [];
  let last: Answer | null = null;
  for (const type of kinds.map((kind) => OBJECT_TYPES[kind])) {
    const looked = await look(client, `/crm/objects/${version}/${type}?limit=1`, context);
    if (looked.kind === 'failed') return [...findings, failed(looked)];
    if (looked.kind === 'answer') last = looked.answer;
    else {
      const message = `The token may not read ${type}, and what cannot be read cannot be kept in step.${wantedScopes(looked.scopes)}`;
      findings.push({ level: 'error', message });
    }
  }
  if (last === null) return findings;
  return [...(findings.length > 0 ? findings : [mayRead(kinds)]), quotaOf(last)];
}

function mayRead(kinds: readonly RecordKind[]): CheckFinding {
  const types = kinds.map((kind) => OBJECT_TYPES[kind]).join(', ');
  const message = `The token may read ${types}. Writing them takes the scope ${WRITE_SCOPE}, which a check does not try.`;
  return { level: 'ok', message };
}

/** Below this share of the day's requests, an operator wants to know. */
const SCARCE = 0.1;

/** Searches carry no such headers, and OAuth tokens no daily ones (hubspot.md section 9.1). */
function quotaOf({ headers }: Answer): CheckFinding {
  const burst = readQuota(headers, '');
  const daily = readQuota(headers, 'daily-');
  if (burst === null && daily === null) return { level: 'ok', message: 'HubSpot says nothing of its limits.' };
  const seconds = (numberIn(headers, 'interval-milliseconds') ?? 0) / 1000;
  const words = [
    ...(burst === null ? [] : [`${show(burst)} requests in ${seconds} s`]),
    ...(daily === null ? [] : [`${show(daily)} today`]),
  ].join(', ');
  if (daily === null || daily.left >= daily.max * SCARCE) return { level: 'ok', message: `Left: ${words}.` };
  const consequence = 'All apps of the account share the daily ones; used up, calls wait until midnight there.';
  return { level: 'warning', message: `Left: ${words}. ${consequence}` };
}

interface Quota {
  readonly left: number;
  readonly max: number;
}

function readQuota(headers: Answer['headers'], of: '' | 'daily-'): Quota | null {
  const left = numberIn(headers, `${of}remaining`);
  const max = numberIn(headers, of === '' ? 'max' : 'daily');
  return left === null || max === null ? null : { left, max };
}

function numberIn(headers: Answer['headers'], name: string): number | null {
  const text = headers[`x-hubspot-ratelimit-${name}`];
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

function show({ left, max }: Quota): string {
  return `${left.toLocaleString('en-US')} of ${max.toLocaleString('en-US')}`;
}
