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

function identify({ org, access, address }: Account): ApiAnswer {
  const { id, userId } = org;
  return {
    status: 200,
    body: {
      id: `${address()}/id/${id}/${userId}`,
      user_id: userId,
      organization_id: id,
      username: access.username,
      preferred_username: access.username,
      active: true,
    },
  };
}
