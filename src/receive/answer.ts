/** What a sender can be told. Never more than this: the reason of a refusal goes to the log (providers.md, trap 26). */
export interface Answer {
  readonly status: 200 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 503;
  /** JSON, ASCII only: its length is its size. */
  readonly body: string;
  /** Sent as `Retry-After`, whole seconds. */
  readonly retryAfterSeconds?: number;
}

export type RefusedStatus = 401 | 403 | 413 | 415 | 429 | 503;

const REFUSALS: Readonly<Record<RefusedStatus | 404 | 405, Answer>> = {
  401: refusal(401, 'unauthorized'),
  403: refusal(403, 'forbidden'),
  404: refusal(404, 'not found'),
  405: refusal(405, 'method not allowed'),
  413: refusal(413, 'body too large'),
  415: refusal(415, 'unsupported content encoding'),
  429: refusal(429, 'too many requests'),
  503: refusal(503, 'not stored, send again'),
};

/** The one answer of a status; the same bytes whatever the cause. */
export function refusedAnswer(status: RefusedStatus | 404 | 405, retryAfterSeconds?: number): Answer {
  return retryAfterSeconds === undefined ? REFUSALS[status] : { ...REFUSALS[status], retryAfterSeconds };
}

/** Always 200, also for duplicates and unknown events: Callab, CallScaler and ElevenLabs take nothing else (providers.md 2.12). */
export function acceptedAnswer(id: string, duplicate: boolean): Answer {
  return { status: 200, body: `{"ok":true,"id":"${id}","duplicate":${duplicate}}` };
}

function refusal(status: Answer['status'], error: string): Answer {
  return { status, body: JSON.stringify({ ok: false, error }) };
}
