import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import { textOf } from '../json-text.ts';
import { ok, type ApiCall } from './api.ts';
import { fillReferences, UnknownReference } from './composite-references.ts';
import { isObject, Unreadable } from './refusals.ts';

/** Runs one request as if it had come alone, in the transaction of the whole. */
export type RunPart = (call: ApiCall) => { readonly answer: ApiAnswer; readonly operation: string };

const MAX_PARTS = 25;
const MAX_WIDE_PARTS = 5;
const WIDE = /\/(?:query|queryAll|search|composite\/sobjects)(?:[/?]|$)/;

export interface Part {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

/** `POST /composite {allOrNone, compositeRequest: [{method, url, referenceId, body}]}`; one API request in all. */
export function composite(call: ApiCall, runPart: RunPart): ApiAnswer {
  const parts = readParts(call.request.body['compositeRequest'], MAX_PARTS);
  if (parts.filter(({ url }) => WIDE.test(url)).length > MAX_WIDE_PARTS) {
    throw new Unreadable('LIMIT_EXCEEDED', `No more than ${MAX_WIDE_PARTS} subrequests may be queries or collections.`);
  }
  const { answers } = runParts(call, parts, { runPart, allOrNone: call.request.body['allOrNone'] === true });
  return ok({ compositeResponse: answers });
}

export function readParts(sent: JsonValue | undefined, max: number): readonly Part[] {
  if (!Array.isArray(sent)) throw new Unreadable('JSON_PARSER_ERROR', 'compositeRequest is not a list');
  if (sent.length > max) {
    throw new Unreadable('LIMIT_EXCEEDED', `The request may have no more than ${max} subrequests, got ${sent.length}.`);
  }
  const parts = (sent as readonly JsonValue[]).map(readPart);
  if (new Set(parts.map(({ referenceId }) => referenceId)).size < parts.length) {
    throw new Unreadable('INVALID_INPUT', 'Duplicate reference ids in the request.');
  }
  return parts;
}

function readPart(sent: JsonValue): Part {
  const part = isObject(sent) ? sent : {};
  const { method, url, referenceId, body, httpHeaders } = part;
  const isComplete = typeof method === 'string' && typeof url === 'string' && typeof referenceId === 'string';
  if (!isComplete || !/^[A-Za-z]\w*$/.test(referenceId)) {
    throw new Unreadable(
      'INVALID_INPUT',
      'A subrequest needs a method, a url and a referenceId of letters and digits.',
    );
  }
  const headers = Object.entries(isObject(httpHeaders) ? httpHeaders : {});
  return {
    method,
    url,
    referenceId,
    body: isObject(body) ? body : {},
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), textOf(value)])),
  };
}

interface PartsRun {
  readonly answers: readonly JsonObject[];
  readonly failed: boolean;
}

/** One after the other, later ones with what earlier ones answered; all or none, where asked. */
export function runParts(
  call: ApiCall,
  parts: readonly Part[],
  { runPart, allOrNone }: { readonly runPart: RunPart; readonly allOrNone: boolean },
): PartsRun {
  const start = call.transaction.mark();
  const told = new Map<string, JsonValue>();
  const answers: JsonObject[] = [];
  let failed = false;
  for (const part of parts) {
    const halted = allOrNone && failed;
    const answer = halted ? HALTED : runOne(call, part, { told, runPart });
    if (answer.status < 300) told.set(part.referenceId, answer.body ?? null);
    else failed = true;
    answers.push(showAnswer(answer, part.referenceId));
  }
  if (!allOrNone || !failed) return { answers, failed };
  call.transaction.rollback(start);
  const kept = answers.map((answer) =>
    Number(answer['httpStatusCode']) < 300 ? showAnswer(HALTED, textOf(answer['referenceId'])) : answer,
  );
  return { answers: kept, failed };
}

const HALTED: ApiAnswer = {
  status: 400,
  body: [
    {
      errorCode: 'PROCESSING_HALTED',
      message: 'The transaction was rolled back since another operation in the same transaction failed.',
    },
  ],
};

function runOne(
  call: ApiCall,
  part: Part,
  { told, runPart }: { told: ReadonlyMap<string, JsonValue>; runPart: RunPart },
): ApiAnswer {
  try {
    const url = textOf(fillReferences(part.url, told));
    const body = fillReferences(part.body, told) as JsonObject;
    return runPart({ ...call, request: toRequest({ ...part, url, body }) }).answer;
  } catch (error) {
    if (!(error instanceof UnknownReference)) throw error;
    return { status: 400, body: [{ errorCode: 'PROCESSING_HALTED', message: error.message }] };
  }
}

/** Headers of the whole do not hold for its parts. */
function toRequest({ method, url, body, headers }: Part): ApiRequest {
  const { pathname, searchParams } = new URL(url, 'http://part');
  const segments = pathname.split('/').flatMap((part) => (part === '' ? [] : [decodeURIComponent(part)]));
  return { method, url, path: pathname, segments, query: searchParams, headers, body };
}

function showAnswer({ status, body }: ApiAnswer, referenceId: string): JsonObject {
  return { body: body ?? null, httpHeaders: {}, httpStatusCode: status, referenceId };
}
