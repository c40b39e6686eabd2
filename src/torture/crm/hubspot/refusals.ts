import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';

/** The API says no: thrown from wherever it is noticed, answered at the border or kept as the error of one row. */
export class Refusal extends Error {
  readonly status: number;
  readonly category: string;
  /** What the envelope holds beside `status`, `message`, `category` and `correlationId`. */
  readonly details: JsonObject;

  constructor(status: number, category: string, message: string, details: JsonObject = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.category = category;
    this.details = details;
  }
}

export function invalid(message: string, details: JsonObject = {}): Refusal {
  return new Refusal(400, 'VALIDATION_ERROR', message, details);
}

export function notFound(message: string, details: JsonObject = {}): Refusal {
  return new Refusal(404, 'OBJECT_NOT_FOUND', message, details);
}

/** A value that a property does not take; `code` as in `errors[].code`. */
export interface ValueProblem {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** The problems come as JSON text inside the message, and once more structured (hubspot.md 8.1). */
export function invalidValues(problems: readonly ValueProblem[]): Refusal {
  const rows = problems.map(({ name, code, message }) => ({
    isValid: false,
    message,
    error: code,
    name,
    localizedErrorMessage: message,
  }));
  return invalid(`Property values were not valid: ${JSON.stringify(rows)}`, {
    errors: problems.map(({ name, code, message }) => ({ message, code, context: { propertyName: [name] } })),
  });
}

/** `{status:"error", message, category, correlationId, …}` */
export function answerRefusal(refusal: Refusal, correlationId: string): ApiAnswer {
  const { status, category, message, details } = refusal;
  return { status, body: { status: 'error', message, correlationId, category, ...details } };
}

/** The error of one row in a 207: only the text form, with the trace id of its input (hubspot.md 7). */
export function rowError(refusal: Refusal, traceId: string | null): JsonObject {
  const context = refusal.details['context'];
  return {
    status: 'error',
    category: refusal.category,
    message: refusal.message,
    context: {
      ...(isObject(context) ? context : {}),
      ...(traceId === null ? {} : { objectWriteTraceId: [traceId] }),
    },
    errors: [],
    links: {},
  };
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Jackson's answer to a body of the wrong shape. */
export function malformed(what: string): Refusal {
  return invalid(`Invalid input JSON on line 1, column 1: ${what}`);
}
