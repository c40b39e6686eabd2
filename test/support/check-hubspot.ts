import type { CheckFinding, Destination } from '../../src/destinations/destination.ts';
import type { SetupStep } from '../../src/destinations/setup.ts';
import { createHttpClient } from '../../src/shared/http-client.ts';
import type { HubSpot } from '../simulators/hubspot/index.ts';
import { checkConfig } from './check-config.ts';
import { createTestContext } from './destination-context.ts';

export interface HubSpotConfigOptions {
  /** The token; default: the simulator's own, which may do everything. */
  readonly token?: string;
  /** Further lines of the destination. */
  readonly destination?: string;
  /** The integrations section; default: `- sync: hubspot` alone. */
  readonly integrations?: string;
}

/** A config whose one destination is the simulator. */
export function hubspotConfig(hubspot: HubSpot, options: HubSpotConfigOptions = {}): string {
  const { token = hubspot.token, destination = '', integrations } = options;
  return `sources:
  callab: { platform: callab, secrets: [a-secret-of-some-length] }
destinations:
  hubspot:
    type: hubspot
    base_url: ${hubspot.url}
    allow_private_networks: true
    access_token: ${token}
${destination}
${integrations ?? 'integrations: [{ name: Keep HubSpot in step, actions: [{ sync: hubspot }] }]'}
`;
}

/** `check --live`, without the command around it: `warning Calls have no …`. */
export async function checkHubSpot(hubspot: HubSpot, options: HubSpotConfigOptions = {}): Promise<readonly string[]> {
  const findings = await use(hubspot, options, (destination, context) => destination.check(context));
  return findings.map(({ level, message }: CheckFinding) => `${level} ${message}`);
}

/** `setup`, without the command around it: `made The unique property …`. */
export async function setUpHubSpot(
  hubspot: HubSpot,
  { setupToken = null, ...options }: HubSpotConfigOptions & { readonly setupToken?: string | null } = {},
): Promise<readonly string[]> {
  const steps = await use(hubspot, options, async (destination, context) => {
    if (destination.setup === undefined) throw new Error('nothing to set up');
    return destination.setup(context, { token: setupToken });
  });
  return steps.map(({ outcome, message }: SetupStep) => `${outcome} ${message}`);
}

async function use<Result>(
  hubspot: HubSpot,
  options: HubSpotConfigOptions,
  work: (destination: Destination, context: ReturnType<typeof createTestContext>) => Promise<Result>,
): Promise<Result> {
  const result = checkConfig(hubspotConfig(hubspot, options), () => undefined);
  if (result.kind === 'invalid') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  const destination = result.compiled.destinations.get('hubspot')?.destination;
  if (destination === undefined) throw new Error('the config has no destination "hubspot"');
  const http = createHttpClient({ allowPrivateNetworks: true });
  try {
    return await work(destination, createTestContext(http));
  } finally {
    http.close();
  }
}
