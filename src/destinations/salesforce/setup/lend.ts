import type { TokenKeeper } from '../../token-keeper.ts';

/**
 * An administrator's token in place of our own, for the org that ours is of: login_url may be a host that serves all orgs.
 * It is not kept, and there is no other when it is refused.
 */
export function lend(own: TokenKeeper, token: string): TokenKeeper {
  return {
    async usable(context) {
      const tokens = await own.usable(context);
      return 'kind' in tokens ? tokens : { ...tokens, accessToken: token };
    },
    renewed: () =>
      Promise.resolve({
        kind: 'paused',
        reason: 'Salesforce refuses SETUP_TOKEN',
        hint: 'It may have expired, or belong to another org. Take the access token of an administrator of this org.',
      }),
  };
}
