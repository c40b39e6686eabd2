import type { JsonObject, JsonValue } from '../../../domain/json.ts';
import type { ApiAnswer } from '../simulator.ts';

/** One reason for a refusal; `details` stand beside it in the answer. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly string[];
  readonly details?: JsonObject;
}

/** The API says no: thrown from wherever it is noticed, answered at the border or kept as the error of one row. */
export class Refusal extends Error {
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(status: number, problems: Problem | readonly Problem[]) {
    const all = [problems].flat() as readonly Problem[];
    super(all.map(({ code, message }) => `${code}: ${message}`).join('; '));
    this.name = 'Refusal';
    this.status = status;
    this.problems = all;
  }
}

/** Refuses what was read but may not be: one row of a collection. */
export function refuse(code: string, message: string, fields: readonly string[] = []): Refusal {
  return new Refusal(400, { code, message, fields });
}

/** Refuses what could not be read: a whole collection, where the org says so. */
export class Unreadable extends Refusal {
  constructor(code: string, message: string) {
    super(400, { code, message });
    this.name = 'Unreadable';
  }
}

export function notFound(message = 'The requested resource does not exist'): Refusal {
  return new Refusal(404, { code: 'NOT_FOUND', message });
}

/** `[{message, errorCode, fields}]` */
export function answerRefusal({ status, problems }: Refusal): ApiAnswer {
  const body = problems.map(({ code, message, fields, details }) => ({
    ...details,
    message,
    errorCode: code,
    ...(fields === undefined ? {} : { fields }),
  }));
  return { status, body };
}

/** `{success: false, errors: [{statusCode, message, fields}]}`, one row of a collection. */
export function failedRow({ problems }: Refusal): JsonObject {
  const errors = problems.map(({ code, message, fields = [], details }) => ({
    ...details,
    statusCode: code,
    message,
    fields,
  }));
  return { success: false, errors };
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
