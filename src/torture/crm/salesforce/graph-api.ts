import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';
import { textOf } from '../json-text.ts';
import { ok, type ApiCall } from './api.ts';
import { readParts, runParts, type Part, type RunPart } from './composite-api.ts';
import { isObject, notFound, Unreadable } from './refusals.ts';

const MAX_GRAPHS = 75;
const MAX_NODES = 500;
const MAX_FAILED = 14;
/** Only single records: no queries, no collections. */
const NODE = /^\/services\/data\/v\d+\.0\/sobjects\/\w+(?:\/[^?]+)?$/;

/** `POST /composite/graph {graphs: [{graphId, compositeRequest}]}`: each graph all or nothing. */
export function graph(call: ApiCall, runPart: RunPart): ApiAnswer {
  if (call.version < 50) throw notFound();
  const graphs = readGraphs(call.request.body['graphs']);
  let failures = 0;
  const shown = graphs.map(({ graphId, parts }): JsonObject => {
    const halted = failures >= MAX_FAILED;
    const { answers, failed } = halted
      ? { answers: parts.map(halt), failed: true }
      : runParts(call, parts, { runPart, allOrNone: true });
    if (failed) failures += 1;
    return { graphId, graphResponse: { compositeResponse: answers }, isSuccessful: !failed };
  });
  return ok({ graphs: shown });
}

interface Graph {
  readonly graphId: string;
  readonly parts: readonly Part[];
}

function readGraphs(sent: JsonValue | undefined): readonly Graph[] {
  if (!Array.isArray(sent)) throw new Unreadable('JSON_PARSER_ERROR', 'graphs is not a list');
  if (sent.length > MAX_GRAPHS)
    throw new Unreadable('LIMIT_EXCEEDED', `No more than ${MAX_GRAPHS} graphs are allowed.`);
  const graphs = (sent as readonly JsonValue[]).map((entry): Graph => {
    const { graphId, compositeRequest } = isObject(entry) ? entry : {};
    const parts = readParts(compositeRequest, MAX_NODES);
    const odd = parts.find(({ url }) => !NODE.test(url));
    if (odd !== undefined) throw new Unreadable('INVALID_INPUT', `A graph cannot have ${odd.method} ${odd.url}.`);
    return { graphId: textOf(graphId), parts };
  });
  if (graphs.reduce((sum, { parts }) => sum + parts.length, 0) > MAX_NODES) {
    throw new Unreadable('LIMIT_EXCEEDED', `No more than ${MAX_NODES} nodes are allowed.`);
  }
  if (new Set(graphs.map(({ graphId }) => graphId)).size < graphs.length) {
    throw new Unreadable('INVALID_INPUT', 'Duplicate graph ids in the request.');
  }
  return graphs;
}

function halt({ referenceId }: Part): JsonObject {
  const message = `The request was halted because more than ${MAX_FAILED} graphs failed.`;
  return {
    body: [{ errorCode: 'PROCESSING_HALTED', message }],
    httpHeaders: {},
    httpStatusCode: 400,
    referenceId,
  };
}
