import { systemAfter } from '../../shared/after.ts';
import type { DestinationDefinition, DestinationInput } from '../definition.ts';
import type { Destination, RecordKind } from '../destination.ts';
import type { Mapping } from '../mapped-field.ts';
import { createTokenKeeper, type TokenKeeper } from '../token-keeper.ts';
import { checkLive } from './check/check-live.ts';
import { createSalesforceClient, refusedAgainHint, type SalesforceClient } from './client.ts';
import { SALESFORCE_DEFAULTS } from './defaults.ts';
import { findPeople, readRecord } from './find-people.ts';
import { createReadLimits, rateOf, RUNS_IN_FLIGHT } from './limits.ts';
import { PERSON_TYPES } from './objects.ts';
import { createOrgReader } from './org.ts';
import { createParts, type SalesforceParts } from './parts.ts';
import { recoverRecord } from './recover.ts';
import { salesforceSchema, type SalesforceAuth, type SalesforceConfig } from './schema.ts';
import { lend } from './setup/lend.ts';
import { setUp } from './setup/set-up.ts';
import { fetchTokens } from './tokens.ts';
import { writeRecord } from './write-record.ts';

/** Salesforce, two hundred records to a request. */
export const salesforceDestination = {
  type: 'salesforce',
  schema: salesforceSchema,
  create: createSalesforce,
} satisfies DestinationDefinition<SalesforceConfig>;

const KINDS: readonly RecordKind[] = ['contact', 'call', 'task'];

function createSalesforce(input: DestinationInput<SalesforceConfig>): Destination {
  const { name, config, dependencies } = input;
  const tokens = keepTokens(input);
  const parts = assemble(input, connect(input, tokens));
  const mappings: Mapping[] = [];
  return {
    name,
    type: 'salesforce',
    defaults: SALESFORCE_DEFAULTS,
    kinds: KINDS,
    allowPrivateNetworks: config.allow_private_networks,
    rate: rateOf(config),
    runsInFlight: RUNS_IN_FLIGHT,
    readLimits: createReadLimits(config, dependencies.clock),
    willWrite(kind, fields) {
      mappings.push(...fields.map((field) => ({ ...field, kind })));
      parts.willWrite(
        kind,
        fields.map(({ field }) => field),
      );
    },
    findContacts: (query, _scope, context) => findPeople(parts, query, context),
    readRecord: (kind, id, _scope, context) => readRecord(parts, { kind, id }, context),
    write: (write, context) => writeRecord(parts, write, context),
    recover: (write, context) => recoverRecord(parts, write, context),
    check: (context) => checkLive({ parts, config, mappings }, context),
    setup: (context, { token }) =>
      setUp({ ...parts, administrator: token === null ? null : connect(input, lend(tokens, token)) }, context),
  };
}

function keepTokens({ name, config, dependencies }: DestinationInput<SalesforceConfig>): TokenKeeper {
  return createTokenKeeper({
    dependencies,
    identity: [config.login_url, ...identityOf(config.auth)],
    fetch: (refreshToken, context) => fetchTokens({ config, clock: dependencies.clock }, refreshToken, context),
    refusedHint: refusedAgainHint(name),
  });
}

function connect(
  { name, config, dependencies: { clock } }: DestinationInput<SalesforceConfig>,
  tokens: TokenKeeper,
): SalesforceClient {
  const { api_version: version, timeout: timeoutMs } = config;
  return createSalesforceClient({ destination: name, version, timeoutMs, clock, tokens });
}

function assemble(
  { name, config, dependencies: { clock } }: DestinationInput<SalesforceConfig>,
  client: SalesforceClient,
): SalesforceParts {
  const version = config.api_version;
  const orgs = createOrgReader({ client, version, clock, types: [...PERSON_TYPES, 'Task'] });
  return createParts({ destination: name, client, version, clock, after: systemAfter, orgs }, config);
}

/** Other credentials: tokens of the old ones are worth nothing. */
function identityOf(auth: SalesforceAuth): readonly (string | undefined)[] {
  switch (auth.flow) {
    case 'client_credentials':
      return [auth.flow, auth.client_id, auth.client_secret];
    case 'jwt_bearer':
      return [auth.flow, auth.client_id, auth.username];
    case 'refresh_token':
      return [auth.flow, auth.client_id, auth.refresh_token];
    case 'username_password':
      return [auth.flow, auth.username, auth.password];
  }
}
