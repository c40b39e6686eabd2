import type { HttpRequest } from '../../shared/http-client.ts';
import type { DestinationDependencies } from '../definition.ts';
import type { AuthConfig } from './auth-schema.ts';
import { withHeader, type Authenticator } from './authenticator.ts';
import { createOAuth } from './oauth.ts';

export interface AuthOptions {
  readonly config: AuthConfig;
  readonly dependencies: Pick<DestinationDependencies, 'clock' | 'secrets'>;
  readonly timeoutMs: number;
}

/** The authenticator for what the operator configured. */
export function createAuthenticator(options: AuthOptions): Authenticator {
  const { config } = options;
  switch (config.type) {
    case 'none':
      return constant((request) => request);
    case 'bearer':
      return constant((request) => withHeader(request, 'Authorization', `${config.scheme} ${config.token}`));
    case 'header':
      return constant((request) => withHeader(request, config.name, config.value));
    case 'query':
      return constant((request) => withParameter(request, config.name, config.value));
    case 'basic': {
      const credentials = Buffer.from(`${config.username}:${config.password}`).toString('base64');
      return constant((request) => withHeader(request, 'Authorization', `Basic ${credentials}`));
    }
    case 'oauth2_client_credentials':
    case 'oauth2_refresh_token':
    case 'oauth2_jwt_bearer':
      return createOAuth({ ...options, config });
  }
}

function constant(change: (request: HttpRequest) => HttpRequest): Authenticator {
  return { authorise: (request) => Promise.resolve({ kind: 'ok', request: change(request) }) };
}

function withParameter(request: HttpRequest, name: string, value: string): HttpRequest {
  const mark = request.url.includes('?') ? '&' : '?';
  return { ...request, url: `${request.url}${mark}${encodeURIComponent(name)}=${encodeURIComponent(value)}` };
}
