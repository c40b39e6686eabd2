import http, { type ClientRequest, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import axios, { type AxiosResponse } from 'axios';

import { addressInUrl, publicOnlyLookup, RefusedAddressError, refusalOf } from './outbound-guard.ts';

/** One HTTP request; the body is already encoded. A buffer is sent byte for byte. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  /** For the whole exchange: connect, send, and read the answer to its end. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated lines joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded text, at most the client's limit. */
  readonly body: string;
}

/**
 * The fate of a request. `not_sent`: the other side cannot have acted (DNS, refused, TLS, address not allowed).
 * `unknown`: it may have (timeout, reset, cut or oversized answer).
 */
export type HttpOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'not_sent'; readonly reason: string; readonly refused?: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Sends one request, never follows redirects, never retries, never throws. */
export interface HttpClient {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpOutcome>;
}

export interface HttpClientOptions {
  /** True lets requests go to private, loopback and metadata addresses; else such requests are not sent. */
  readonly allowPrivateNetworks: boolean;
  /** Larger answers (after decompression) end the exchange as `unknown`. Default 5 MiB. */
  readonly maxResponseBytes?: number;
  /** Default `hookline`. */
  readonly userAgent?: string;
}

const DEFAULT_MAX_RESPONSE_BYTES = 5 * 1024 * 1024;

/** A client with connections of its own; `close` drops them. */
export interface OwnedHttpClient extends HttpClient {
  close(): void;
}

/** How far a request came, as far as its connection tells. */
interface Progress {
  /** The connection stood (TLS included), so bytes may have left. */
  onTheWire: boolean;
}

/** The real HTTP client. Proxies of the environment are not used: they would hide the address from the guard. */
export function createHttpClient(options: HttpClientOptions): OwnedHttpClient {
  const connection = options.allowPrivateNetworks ? {} : { lookup: publicOnlyLookup };
  const agents = {
    httpAgent: new http.Agent({ keepAlive: true, ...connection }),
    httpsAgent: new https.Agent({ keepAlive: true, ...connection }),
  };
  return {
    async send(request, signal) {
      const refused = refuse(request, options);
      if (refused !== null) return refused;
      const progress: Progress = { onTheWire: false };
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const ends = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      try {
        const response = await axios.request<Buffer>({
          ...axiosRequest(request, options),
          ...agents,
          transport: watchedTransport(progress),
          signal: ends,
        });
        return { kind: 'response', response: readResponse(response) };
      } catch (error) {
        return classify(error, progress, timeout.aborted ? `no complete answer within ${request.timeoutMs} ms` : null);
      }
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** Says no before anything is opened: bad URLs, headers that would split the request, addresses written as such. */
function refuse(request: HttpRequest, options: HttpClientOptions): HttpOutcome | null {
  if (!URL.canParse(request.url)) return notSent('the URL cannot be read');
  const url = new URL(request.url);
  if (!['http:', 'https:'].includes(url.protocol)) return notSent(`${url.protocol} is not http: or https:`);
  for (const [name, value] of Object.entries(request.headers)) {
    if (!isHeader(name, value))
      return notSent(`the value of header ${JSON.stringify(name)} holds characters that no header may carry`);
  }
  const address = addressInUrl(url.hostname);
  const why = address === null || options.allowPrivateNetworks ? null : refusalOf(address);
  return why === null ? null : { kind: 'not_sent', reason: `${address} ${why}`, refused: true };
}

function isHeader(name: string, value: string): boolean {
  try {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function notSent(reason: string): HttpOutcome {
  return { kind: 'not_sent', reason };
}

function axiosRequest(request: HttpRequest, options: HttpClientOptions): Parameters<typeof axios.request>[0] {
  return {
    method: request.method,
    url: request.url,
    headers: { 'User-Agent': options.userAgent ?? 'hookline', Accept: 'application/json', ...request.headers },
    ...(request.body === null ? {} : { data: Buffer.from(request.body) }),
    maxRedirects: 0,
    proxy: false,
    responseType: 'arraybuffer',
    maxContentLength: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
    validateStatus: () => true,
    // The body is encoded already and the answer is read by the caller.
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  };
}

/** Node's own transport, watched: whether a request can have reached the other side depends on its connection. */
function watchedTransport(progress: Progress): { request: typeof http.request } {
  const request = (options: RequestOptions, onResponse: (response: http.IncomingMessage) => void): ClientRequest => {
    const secure = options.protocol === 'https:';
    const clientRequest = (secure ? https : http).request(options, onResponse);
    clientRequest.once('socket', (socket) => watch(socket, progress));
    return clientRequest;
  };
  return { request: request as typeof http.request };
}

function watch(socket: Socket, progress: Progress): void {
  // A reused connection stands already; on a new TLS one nothing is sent before the certificate was accepted.
  if (!socket.connecting && !(socket instanceof TLSSocket && !socket.authorized)) {
    progress.onTheWire = true;
    return;
  }
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
    progress.onTheWire = true;
  });
}

function readResponse(response: AxiosResponse<Buffer>): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  const text = Buffer.from(response.data).toString('utf8');
  return { status: response.status, headers, body: text.startsWith('\uFEFF') ? text.slice(1) : text };
}

function classify(error: unknown, progress: Progress, timedOut: string | null): HttpOutcome {
  const refused = refusedBy(error);
  if (refused !== null) return { kind: 'not_sent', reason: refused.message, refused: true };
  const reason = timedOut ?? describe(error);
  return progress.onTheWire ? { kind: 'unknown', reason } : { kind: 'not_sent', reason: `not sent: ${reason}` };
}

function refusedBy(error: unknown): RefusedAddressError | null {
  if (error instanceof RefusedAddressError) return error;
  return error instanceof Error && error.cause !== undefined ? refusedBy(error.cause) : null;
}

/** Code and message; never the whole error, which holds the request with its secrets. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${error.message === '' ? error.name : error.message}`;
}
