import type { Failure } from '../destination.ts';
import type { SalesforceError } from './answer.ts';

/*
 * What Salesforce's codes mean for a request or a row, whichever it was (salesforce.md section 4.11). What only means
 * something for one row is in classify-row.ts.
 */

interface CodeContext {
  readonly destination: string;
  readonly reason: string;
  readonly nowMs: number;
}

/** Nothing was written, and a later try may do better. */
const PASSING = new Set([
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'QUERY_TIMEOUT',
  'REQUEST_RUNNING_TOO_LONG',
  'TOO_MANY_APEX_REQUESTS',
  'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
  'API_CURRENTLY_DISABLED',
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'PROCESSING_HALTED',
  // Nobody knows; if it goes on, the attempts end.
  'UNKNOWN_EXCEPTION',
]);

/** Concerns every call, until a person has acted. */
const STOPPING: Readonly<Record<string, string>> = {
  API_DISABLED_FOR_ORG: 'The API is off for this org or this user. It takes the permission "API Enabled".',
  INVALID_TYPE: 'The user may not see an object that Hookline needs: give it read access.',
  INVALID_OPERATION_WITH_EXPIRED_PASSWORD: "The user's password has expired.",
  STORAGE_LIMIT_EXCEEDED: "The org's data storage is full.",
  UNSUPPORTED_API_VERSION: 'Choose another api_version.',
};

/** Automation of the org failed; it may have stumbled over a lock of its own. */
const AUTOMATION = new Set(['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'CANNOT_EXECUTE_FLOW_TRIGGER', 'APEX_ERROR']);

/** The day's requests come back one by one: nobody says when. */
const DAILY_WAIT_MS = 15 * 60_000;
/** 25 requests that run for 20 seconds and more: some end soon. */
const CONCURRENT_WAIT_MS = 5_000;

/** Null: it depends on what was asked. */
export function failureOf({ code, message }: SalesforceError, context: CodeContext): Failure | null {
  const { destination, reason } = context;
  if (code === 'REQUEST_LIMIT_EXCEEDED') return overLimit(message, context);
  if (PASSING.has(code)) return { kind: 'retry', reason };
  if (AUTOMATION.has(code)) return automationFailure(message, reason);
  const hint = STOPPING[code];
  return hint === undefined ? null : { kind: 'paused', reason, hint: `${hint} Then resume ${destination}.` };
}

/** Both limits have one code; the message tells which (salesforce.md section 4.10). */
function overLimit(message: string, { reason, nowMs }: CodeContext): Failure {
  if (/concurrent/i.test(message)) return { kind: 'retry', reason, notBeforeMs: nowMs + CONCURRENT_WAIT_MS };
  const hint =
    "The org's API requests of the last 24 hours are used up; it goes on by itself when there is room again.";
  return { kind: 'paused', reason, untilMs: nowMs + DAILY_WAIT_MS, hint };
}

function automationFailure(message: string, reason: string): Failure {
  if (/UNABLE_TO_LOCK_ROW|QUERY_TIMEOUT|unable to obtain exclusive access/i.test(message))
    return { kind: 'retry', reason };
  const hint =
    'A flow, trigger or process of the org failed on this record: its administrator has to mend it. Then replay.';
  return { kind: 'rejected', reason, hint };
}
