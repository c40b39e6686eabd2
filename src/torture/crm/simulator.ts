import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { JsonObject, JsonValue } from '../../domain/json.ts';

/** One request as a simulated API sees it. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded path segments: `/contacts/a%2Fb` → `['contacts', 'a/b']`. */
  readonly segments: readonly string[];
  /** Path as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON or form; an empty object when there is none. */
  readonly body: JsonObject;
  /** The path and the query as sent. */
  readonly url: string;
  /** A body that is neither, for the APIs that asked for it (`readsText`). */
  readonly text?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** A string goes out as text/plain unless `headers` say otherwise; an object as JSON. */
  readonly body?: JsonValue;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something that goes wrong with one request. */
export type Fault =
  /** Answers this and does nothing. */
  | { readonly kind: 'answer'; readonly answer: ApiAnswer }
  /** Does the work, then answers this instead. */
  | { readonly kind: 'commit_then_answer'; readonly answer: ApiAnswer }
  /** Does nothing and drops the connection. */
  | { readonly kind: 'drop' }
  /** Does the work and drops the connection: the answer is lost. */
  | { readonly kind: 'commit_then_drop' }
  /** Does the work, sends the head and half of the body, and drops the connection. */
  | { readonly kind: 'cut_body' }
  /** The same, and then nothing more: the connection stays open. */
  | { readonly kind: 'stall_body' }
  /** Does the work and never answers. */
  | { readonly kind: 'commit_then_hang' };

export interface Rule {
  readonly fault: Fault;
  /** Which requests; default all that are not administration. */
  readonly when?: (request: ApiRequest) => boolean;
  /** Default 1. */
  readonly times?: number;
}

export interface LoggedRequest extends ApiRequest {
  /** What was answered; 0 when nothing was. */
  readonly status: number;
}

/** A running simulated API. */
export interface Simulator {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Every request so far; only the last 10,000 are kept, `requestCount` counts all. */
  readonly requests: readonly LoggedRequest[];
  requestCount(): number;
  /** Makes the next matching requests go wrong. */
  fail(rule: Rule): void;
  /** Answers wait this long from now on. */
  setLatency(latencyMs: number): void;
  /** Decides per request whether it goes wrong; undefined: it does not. Rules of `fail` come first. */
  setChaos(chaos: ((request: ApiRequest) => Fault | undefined) | null): void;
  /** Told of every request whose work was done, also where the answer was a lie. */
  onDone(tell: (request: ApiRequest, answer: ApiAnswer) => void): void;
  close(): Promise<void>;
}

const KEPT_REQUESTS = 10_000;
/** Room for a URL that the API itself refuses: beyond it Node does, with 431. */
const MAX_HEAD_BYTES = 64 * 1024;

interface State {
  readonly handle: (request: ApiRequest) => ApiAnswer;
  readonly readsText: boolean;
  readonly rules: { fault: Fault; when: (request: ApiRequest) => boolean; left: number }[];
  readonly requests: LoggedRequest[];
  count: number;
  latencyMs: number;
  chaos: ((request: ApiRequest) => Fault | undefined) | null;
}

/**
 * Starts an API on 127.0.0.1; `work` is its whole behaviour and must be synchronous: one request, one transaction.
 * `readsText`: it answers XML and broken JSON itself; else a body that cannot be read is a mistake of the test, 599.
 */
export async function startSimulator(
  work: (request: ApiRequest) => ApiAnswer,
  port = 0,
  { readsText = false }: { readonly readsText?: boolean } = {},
): Promise<Simulator> {
  const listeners: ((request: ApiRequest, done: ApiAnswer) => void)[] = [];
  const handle = (request: ApiRequest): ApiAnswer => {
    const done = work(request);
    for (const tell of listeners) tell(request, done);
    return done;
  };
  const state: State = { handle, readsText, rules: [], requests: [], count: 0, latencyMs: 0, chaos: null };
  const server = createServer({ maxHeaderSize: MAX_HEAD_BYTES }, (incoming, outgoing) => {
    void serve(state, incoming, outgoing).catch((error: unknown) => {
      // A bug of the simulator must not look like an outage of the API.
      process.emitWarning(error instanceof Error ? error : String(error));
      answer(outgoing, { status: 599, body: String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    requests: state.requests,
    requestCount: () => state.count,
    fail: ({ fault, when, times }) => state.rules.push({ fault, when: when ?? (() => true), left: times ?? 1 }),
    setLatency: (latencyMs) => void (state.latencyMs = latencyMs),
    setChaos: (chaos) => void (state.chaos = chaos),
    onDone: (tell) => void listeners.push(tell),
    close: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(state: State, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = await readRequest(incoming, state.readsText);
  // Whoever asked was killed meanwhile.
  if (request === null) return;
  if (request.segments[0] === '__sim') return answer(outgoing, state.handle(request));
  state.count += 1;
  if (state.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, state.latencyMs));
  const fault = takeRule(state, request) ?? state.chaos?.(request);
  const status = fault === undefined ? plain(state, request, outgoing) : goWrong(state, { request, fault, outgoing });
  if (state.requests.length >= KEPT_REQUESTS) state.requests.shift();
  state.requests.push({ ...request, status });
}

function plain(state: State, request: ApiRequest, outgoing: ServerResponse): number {
  const made = state.handle(request);
  answer(outgoing, made);
  return made.status;
}

function takeRule(state: State, request: ApiRequest): Fault | undefined {
  const rule = state.rules.find(({ when, left }) => left > 0 && when(request));
  if (rule !== undefined) rule.left -= 1;
  return rule?.fault;
}

function goWrong(state: State, exchange: { request: ApiRequest; fault: Fault; outgoing: ServerResponse }): number {
  const { request, fault, outgoing } = exchange;
  switch (fault.kind) {
    case 'answer':
      answer(outgoing, fault.answer);
      return fault.answer.status;
    case 'commit_then_answer':
      state.handle(request);
      answer(outgoing, fault.answer);
      return fault.answer.status;
    case 'drop':
      outgoing.socket?.resetAndDestroy();
      return 0;
    case 'commit_then_drop':
      state.handle(request);
      outgoing.socket?.resetAndDestroy();
      return 0;
    case 'cut_body':
      sendHalf(outgoing, state.handle(request), () => outgoing.socket?.destroy());
      return 0;
    case 'stall_body':
      sendHalf(outgoing, state.handle(request), () => undefined);
      return 0;
    case 'commit_then_hang':
      state.handle(request);
      return 0;
  }
}

function sendHalf(outgoing: ServerResponse, made: ApiAnswer, then: () => void): void {
  const text = JSON.stringify(made.body ?? null);
  outgoing.writeHead(made.status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text) + 10,
  });
  outgoing.write(text.slice(0, Math.ceil(text.length / 2)), then);
}

function answer(outgoing: ServerResponse, { status, body, headers }: ApiAnswer): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  outgoing.writeHead(status, { ...(text === '' ? {} : { 'Content-Type': type }), ...headers });
  outgoing.end(text);
}

async function readBytes(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return null;
  }
}

async function readRequest(incoming: IncomingMessage, readsText: boolean): Promise<ApiRequest | null> {
  const bytes = await readBytes(incoming);
  if (bytes === null) return null;
  const url = new URL(incoming.url ?? '/', 'http://simulator');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    segments: url.pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent),
    query: url.searchParams,
    headers,
    url: incoming.url ?? '/',
    ...readBody(bytes.toString('utf8'), headers['content-type'] ?? '', readsText),
  };
}

function readBody(text: string, contentType: string, readsText: boolean): Pick<ApiRequest, 'body' | 'text'> {
  if (text === '') return { body: {} };
  if (contentType.includes('x-www-form-urlencoded')) return { body: Object.fromEntries(new URLSearchParams(text)) };
  try {
    return { body: JSON.parse(text) as JsonObject };
  } catch (error) {
    if (!readsText) throw error;
    return { body: {}, text };
  }
}
