import { systemAfter } from '../../shared/after.ts';
import type { DestinationDefinition, DestinationInput } from '../definition.ts';
import type { Destination, RecordKind } from '../destination.ts';
import type { Mapping } from '../mapped-field.ts';
import { withHeader, type Authenticator } from '../rest/authenticator.ts';
import { createOAuth } from '../rest/oauth.ts';
import { checkLive } from './check/check-live.ts';
import { HUBSPOT_DEFAULTS } from './defaults.ts';
import { continueInNotes } from './continue-in-notes.ts';
import { createHubSpotClient, type ClientOptions, type HubSpotClient } from './exchange.ts';
import { findContacts, readRecord } from './find-contacts.ts';
import { createReadLimits, generalRate, RUNS_IN_FLIGHT, SEARCH, SEARCH_RATE } from './limits.ts';
import { createParts, type HubSpotParts } from './parts.ts';
import { createPortalReader } from './portal.ts';
import { recoverRecord } from './recover.ts';
import { hubspotSchema, type HubSpotConfig } from './schema.ts';
import { setUp } from './setup/set-up.ts';
import { writeRecord } from './write-record.ts';

/** HubSpot, a hundred records to a request. */
export const hubspotDestination = {
  type: 'hubspot',
  schema: hubspotSchema,
  create: createHubSpot,
} satisfies DestinationDefinition<HubSpotConfig>;

const KINDS: readonly RecordKind[] = ['contact', 'call', 'task', 'note'];

function createHubSpot(input: DestinationInput<HubSpotConfig>): Destination {
  const { name, config } = input;
  const parts = assemble(input, {
    authenticator: createAuthenticator(input),
    credentialsHint: `check access_token or oauth at destinations.${name}, then resume it.`,
  });
  const mappings: Mapping[] = [];
  return {
    name,
    type: 'hubspot',
    defaults: HUBSPOT_DEFAULTS,
    kinds: KINDS,
    // A note on nobody would be seen by nobody.
    needsContact: ['note'],
    continueInNotes,
    allowPrivateNetworks: config.allow_private_networks,
    rate: generalRate(config),
    runsInFlight: RUNS_IN_FLIGHT,
    limitClasses: { [SEARCH]: SEARCH_RATE },
    readLimits: createReadLimits(config),
    willWrite(kind, fields) {
      mappings.push(...fields.map((field) => ({ ...field, kind })));
      parts.willWrite(
        kind,
        fields.map(({ field }) => field),
      );
    },
    findContacts: (query, _scope, context) => findContacts(parts, query, context),
    readRecord: (kind, id, _scope, context) => readRecord(parts, kind, id, context),
    write: (write, context) => writeRecord(parts, write, context),
    recover: (write, context) => recoverRecord(parts, write, context),
    check: (context) => checkLive(parts, KINDS, mappings, context),
    setup: (context, { token }) => setUp(token === null ? parts : assemble(input, setupCredentials(token)), context),
  };
}

type Credentials = Pick<ClientOptions, 'authenticator' | 'credentialsHint'>;

function setupCredentials(token: string): Credentials {
  return { authenticator: withToken(token), credentialsHint: 'check SETUP_TOKEN.' };
}

function assemble(input: DestinationInput<HubSpotConfig>, credentials: Credentials): HubSpotParts {
  const { name, config, dependencies } = input;
  const { clock } = dependencies;
  const version = config.api_version;
  // Each needs the other: the client asks when the day ends, which the account's time zone tells.
  const portals = createPortalReader(() => client, { version, clock });
  const client: HubSpotClient = createHubSpotClient({
    destination: name,
    baseUrl: config.base_url,
    timeoutMs: config.timeout,
    clock,
    ...credentials,
    midnightMs: () => portals.midnightMs(),
  });
  const externalIdProperty = config.external_id_property;
  return createParts({ destination: name, version, clock, client, portals, externalIdProperty, after: systemAfter });
}

function createAuthenticator({ config, dependencies }: DestinationInput<HubSpotConfig>): Authenticator {
  const { access_token: token, oauth, base_url: baseUrl, api_version: version, timeout: timeoutMs } = config;
  if (oauth === undefined) return withToken(token ?? '');
  // HubSpot wants the client in the form body (hubspot.md section 2).
  const grant = { type: 'oauth2_refresh_token', client_auth: 'body', scheme: 'Bearer', params: {} } as const;
  const tokenUrl = `${baseUrl}/oauth/${version}/token`;
  return createOAuth({ config: { ...grant, ...oauth, token_url: tokenUrl }, dependencies, timeoutMs });
}

function withToken(token: string): Authenticator {
  return {
    authorise: (request) =>
      Promise.resolve({ kind: 'ok', request: withHeader(request, 'Authorization', `Bearer ${token}`) }),
  };
}
