import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import type { Account } from './account.ts';

/** Who the session belongs to: the `id` of a token answer, and `/services/oauth2/userinfo`. */
export function routeIdentity({
  segments,
  method,
}: Pick<ApiRequest, 'segments' | 'method'>): ((account: Account) => ApiAnswer) | undefined {
  const path = segments.join('/');
  const isIdentity = path === 'services/oauth2/userinfo' || /^id\/00D\w+\/005\w+$/.test(path);
  return isIdentity && method === 'GET' ? identify : undefined;
}

/** `GET /services/data/v66.0`: what there is, and the address of whoever asks. */
export function listResources({ org, address }: Account, version: number): ApiAnswer {
  const base = `/services/data/v${version}.0`;
  const names = ['tooling', 'query', 'queryAll', 'search', 'sobjects', 'composite', 'limits'];
  const resources = names.map((name) => [name, `${base}/${name}`] as const);
  return {
    status: 200,
    body: { ...Object.fromEntries(resources), identity: `${address()}/id/${org.id}/${org.actorId}` },
  };
}

function identify({ org, access, address }: Account): ApiAnswer {
  const { id, actorId } = org;
  return {
    status: 200,
    body: {
      id: `${address()}/id/${id}/${actorId}`,
      user_id: actorId,
      organization_id: id,
      username: access.username,
      preferred_username: access.username,
      active: true,
    },
  };
}
