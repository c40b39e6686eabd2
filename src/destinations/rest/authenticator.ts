import type { HttpRequest } from '../../shared/http-client.ts';
import type { Failure, RequestContext } from '../destination.ts';

export type Authorised = { readonly kind: 'ok'; readonly request: HttpRequest } | Failure;

/** Puts the proof of who we are on requests. */
export interface Authenticator {
  authorise(request: HttpRequest, context: RequestContext): Promise<Authorised>;
  /**
   * After a refused request: gets new credentials, with which it may be sent once more. Absent when
   * there is nothing to renew.
   */
  readonly renew?: (refused: HttpRequest, context: RequestContext) => Promise<{ readonly kind: 'renewed' } | Failure>;
}

export function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
