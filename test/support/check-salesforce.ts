import type { CheckFinding, Destination } from '../../src/destinations/destination.ts';
import type { SetupStep } from '../../src/destinations/setup.ts';
import { createHttpClient } from '../../src/shared/http-client.ts';
import type { Salesforce } from '../simulators/salesforce/index.ts';
import { createMemorySecrets } from './build-rest.ts';
import { checkConfig } from './check-config.ts';
import { createTestContext } from './destination-context.ts';

export interface SalesforceConfigOptions {
  /** The `auth:` section in braces; default: client credentials. */
  readonly auth?: string;
  /** Further lines of the destination. */
  readonly destination?: string;
  /** The integrations section; default: `- sync: salesforce` alone. */
  readonly integrations?: string;
}

/** A config whose one destination is the simulator. */
export function salesforceConfig(salesforce: Salesforce, options: SalesforceConfigOptions = {}): string {
  const { url, clientId, clientSecret } = salesforce;
  const auth = `{ flow: client_credentials, client_id: "${clientId}", client_secret: "${clientSecret}" }`;
  const { destination = '', integrations } = options;
  return `sources:
  callab: { platform: callab, secrets: [a-secret-of-some-length] }
destinations:
  salesforce:
    type: salesforce
    login_url: ${url}
    allow_private_networks: true
    auth: ${options.auth ?? auth}
${destination}
${integrations ?? 'integrations: [{ name: Keep Salesforce in step, actions: [{ sync: salesforce }] }]'}
`;
}

/** `check --live`, without the command around it: `warning The user …`. */
export async function checkSalesforce(
  salesforce: Salesforce,
  options: SalesforceConfigOptions = {},
): Promise<readonly string[]> {
  const findings = await use(salesforce, options, (destination, context) => destination.check(context));
  return findings.map(({ level, message }: CheckFinding) => `${level} ${message}`);
}

/** `setup`, without the command around it: `made The unique field …`. */
export async function setUpSalesforce(
  salesforce: Salesforce,
  { setupToken = null, ...options }: SalesforceConfigOptions & { readonly setupToken?: string | null } = {},
): Promise<readonly string[]> {
  const steps = await use(salesforce, options, async (destination, context) => {
    if (destination.setup === undefined) throw new Error('nothing to set up');
    return destination.setup(context, { token: setupToken });
  });
  return steps.map(({ outcome, message }: SetupStep) => `${outcome} ${message}`);
}

async function use<Result>(
  salesforce: Salesforce,
  options: SalesforceConfigOptions,
  work: (destination: Destination, context: ReturnType<typeof createTestContext>) => Promise<Result>,
): Promise<Result> {
  const result = checkConfig(salesforceConfig(salesforce, options), () => undefined, createMemorySecrets());
  if (result.kind === 'invalid') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  const destination = result.compiled.destinations.get('salesforce')?.destination;
  if (destination === undefined) throw new Error('the config has no destination "salesforce"');
  const http = createHttpClient({ allowPrivateNetworks: true });
  try {
    return await work(destination, createTestContext(http));
  } finally {
    http.close();
  }
}
