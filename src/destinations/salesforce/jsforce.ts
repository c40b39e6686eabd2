import { PassThrough } from 'node:stream';

import type { Connection, HttpRequest as JsforceRequest, HttpResponse as JsforceResponse, OAuth2 } from 'jsforce';

import type { HttpRequest, HttpResponse } from '../../shared/http-client.ts';

/*
 * jsforce writes the requests and reads the answers; sending is ours. Its own transport is not fit for a daemon: a cut
 * answer ends the process, a stalled one hangs for ever, GETs are repeated and redirects followed behind our back
 * (salesforce.md section 2.7). Every operation here is one request.
 */

/** What jsforce is to do: one request. */
export type Operation = (connection: Connection) => Promise<unknown>;

/** What jsforce made of an answer. `code` is Salesforce's `errorCode`; `data` the error as it came. */
export type Conclusion =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly data: unknown };

/** A request that jsforce wrote, and what it makes of the answer. */
export interface Dialogue {
  readonly request: HttpRequest;
  conclude(response: HttpResponse): Promise<Conclusion>;
}

export interface SessionOptions {
  readonly instanceUrl: string;
  readonly accessToken: string;
  /** `66.0`: jsforce would take 50.0 otherwise. */
  readonly version: string;
  readonly timeoutMs: number;
}

/** Lets jsforce write the request of an operation. No OAuth client, no refresh: a 401 is an answer like any other. */
export async function openDialogue(
  { instanceUrl, accessToken, version, timeoutMs }: SessionOptions,
  operation: Operation,
): Promise<Dialogue> {
  const { Connection: Connected } = await loadJsforce();
  const connection = new Connected({ instanceUrl, accessToken, version, callOptions: { client: 'Hookline' } });
  return holdOn(timeoutMs, (transport) => {
    replaceTransport(connection, transport);
    return operation(connection);
  });
}

export interface LoginOptions {
  readonly loginUrl: string;
  readonly version: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly timeoutMs: number;
}

/** Tokens are fetched the same way: through OAuth2, or the SOAP login of a connection. */
export async function openLogin(
  { loginUrl, version, clientId, clientSecret, timeoutMs }: LoginOptions,
  logIn: (oauth2: OAuth2, connection: Connection) => Promise<unknown>,
): Promise<Dialogue> {
  const { Connection: Connected, OAuth2: Client } = await loadJsforce();
  const oauth2 = new Client({
    loginUrl,
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  });
  const connection = new Connected({ loginUrl, version, logLevel: 'NONE' });
  return holdOn(timeoutMs, (transport) => {
    replaceTransport(oauth2, transport);
    replaceTransport(connection, transport);
    return logIn(oauth2, connection);
  });
}

/** 35 MB and most of a fifth of a second that only those pay who have Salesforce. */
async function loadJsforce(): Promise<{ readonly Connection: typeof Connection; readonly OAuth2: typeof OAuth2 }> {
  return import('jsforce/lib/core.js');
}

type Transport = (request: JsforceRequest) => Promise<JsforceResponse> & { stream(): PassThrough };

/** A private field: jsforce is pinned, and test/integration/destinations/salesforce-jsforce.test.ts fails when it moves. */
function replaceTransport(owner: object, httpRequest: Transport): void {
  if (!('_transport' in owner)) throw new Error('this version of jsforce keeps its transport elsewhere');
  Object.assign(owner, { _transport: { httpRequest } });
}

/** Starts the operation, and stops it where it sends. */
async function holdOn(timeoutMs: number, start: (transport: Transport) => Promise<unknown>): Promise<Dialogue> {
  const written = Promise.withResolvers<JsforceRequest>();
  const answered = Promise.withResolvers<JsforceResponse>();
  const transport: Transport = (request) => {
    written.resolve(request);
    return Object.assign(answered.promise.then(), { stream: () => new PassThrough() });
  };
  const concluded = start(transport).then(
    (value): Conclusion => ({ kind: 'value', value }),
    (error: unknown): Conclusion => readError(error),
  );
  // What cannot even be written: a record without its id, say.
  const failed = concluded.then((conclusion) => {
    throw new Error(conclusion.kind === 'error' ? conclusion.message : 'jsforce sent nothing');
  });
  const request = await Promise.race([written.promise, failed]);
  failed.catch(() => {});
  return {
    request: toHttpRequest(request, timeoutMs),
    conclude({ status, headers, body }) {
      answered.resolve({ statusCode: status, headers: { ...headers }, body });
      return concluded;
    },
  };
}

function toHttpRequest({ method, url, headers, body }: JsforceRequest, timeoutMs: number): HttpRequest {
  // The length is our client's to count.
  const own = Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== 'content-length');
  const text = typeof body === 'string' ? body : null;
  return { method, url, headers: Object.fromEntries(own), body: text, timeoutMs };
}

function readError(error: unknown): Conclusion {
  if (!(error instanceof Error)) return { kind: 'error', code: '', message: String(error), data: null };
  const { errorCode, data, name } = error as Error & Record<'errorCode' | 'data' | 'name', unknown>;
  // Its OAuth client names an error by what the answer calls it, which may be nothing.
  const code = [errorCode, name].find((text) => typeof text === 'string') ?? '';
  return { kind: 'error', code, message: error.message, data: data ?? null };
}
