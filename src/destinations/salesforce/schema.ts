import { z } from 'zod';

import { isCountry } from '../../shared/phone.ts';
import { isZone } from '../../shared/time.ts';
import { baseUrlSchema, durationSchema } from '../common-schema.ts';
import { rateSchema } from '../rate.ts';
import { PERSON_KEY, PERSON_TYPES } from './objects.ts';

const clientId = z.string().min(1).describe('Consumer key of the External Client App.');

/** `auth:`: how Hookline logs in. */
const authSchema = z.discriminatedUnion('flow', [
  z.strictObject({ flow: z.literal('client_credentials'), client_id: clientId, client_secret: z.string().min(1) }),
  z.strictObject({
    flow: z.literal('jwt_bearer'),
    client_id: clientId,
    username: z.string().min(1).describe('The user to act as.'),
    private_key: z
      .string()
      .includes('PRIVATE KEY', { message: 'must be a PEM private key' })
      .describe('RSA, PEM; its certificate belongs to the app.'),
    audience: baseUrlSchema
      .optional()
      .describe('Default: https://login.salesforce.com, for a sandbox https://test.salesforce.com.'),
  }),
  z.strictObject({
    flow: z.literal('refresh_token'),
    client_id: clientId,
    client_secret: z.string().min(1).optional(),
    refresh_token: z
      .string()
      .min(1)
      .describe('The first one. Where the org rotates it, the newest is kept in the ledger.'),
  }),
  z.strictObject({
    flow: z.literal('username_password'),
    username: z.string().min(1),
    password: z.string().min(1),
    security_token: z.string().default('').describe('Put behind the password, where the org asks for one.'),
    client_id: clientId.optional(),
    client_secret: z.string().min(1).optional(),
  }),
]);

export type SalesforceAuth = z.output<typeof authSchema>;

const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'is not the API name of a field');

/** `type: salesforce`. */
export const salesforceSchema = z
  .strictObject({
    type: z.literal('salesforce'),
    login_url: baseUrlSchema
      .refine((url) => new URL(url).pathname === '/', 'must be a host without a path')
      .refine(
        (url) => !new URL(url).hostname.endsWith('.lightning.force.com'),
        'is the address of pages. Take the My Domain host, such as "https://acme.my.salesforce.com".',
      )
      .describe("The org's My Domain, such as https://acme.my.salesforce.com."),
    auth: authSchema,
    match_objects: z
      .array(z.enum(PERSON_TYPES))
      .min(1)
      .default([...PERSON_TYPES])
      .describe('Where a person is looked for; the first kind that knows him wins.'),
    create_as: z.enum(['Lead', 'Contact']).default('Lead').describe('What an unknown caller becomes.'),
    external_id_field: fieldName
      .default(PERSON_KEY)
      .describe("The field that the platform's external ids are looked up in; Id if they are Salesforce's own."),
    duplicate_rules: z
      .enum(['allow', 'use_match', 'reject'])
      .default('allow')
      .describe(
        'What a duplicate rule of the org comes to. allow: alerts are saved over; use_match: the record it names is taken; reject: a person decides.',
      ),
    assignment_rules: z
      .boolean()
      .default(false)
      .describe("Runs the org's lead assignment rules on what Hookline writes: they may give a lead another owner."),
    default_country: z
      .string()
      .refine(isCountry, 'is not an ISO country code such as "US"')
      .optional()
      .describe('Of phone numbers without a country code. Default: that of the record, else that of the org.'),
    time_zone: z
      .string()
      .refine(isZone, 'is not an IANA time zone such as "America/New_York"')
      .optional()
      .describe("In which a time becomes a day (ActivityDate). Default: the org's."),
    daily_share: z
      .number()
      .gt(0)
      .max(1)
      .default(0.8)
      .describe("Of the org's daily API requests: with so many used, by whomever, Hookline waits."),
    api_version: z
      .string()
      .regex(/^(?:4[6-9]|[5-9]\d|1\d\d)\.0$/, 'must be a version such as "66.0"; 46.0 is the oldest that works')
      .default('66.0'),
    allow_private_networks: z
      .boolean()
      .default(false)
      .describe('Allows login_url to be a private or loopback address.'),
    timeout: durationSchema.prefault('30s').describe('For a whole exchange.'),
    rate: rateSchema.optional().describe('Default: 4 requests in flight.'),
  })
  .refine(({ auth, login_url }) => auth.flow !== 'client_credentials' || !isSharedLogin(login_url), {
    path: ['login_url'],
    message: 'must be the My Domain host of the org: Salesforce refuses client_credentials anywhere else.',
  })
  .refine(
    ({ auth }) =>
      auth.flow !== 'username_password' || (auth.client_id === undefined) === (auth.client_secret === undefined),
    { path: ['auth'], message: 'needs client_id and client_secret, or neither (SOAP login).' },
  );

export type SalesforceConfig = z.output<typeof salesforceSchema>;

/** Asked also of what turned out to be no URL, which is said apart. */
function isSharedLogin(url: string): boolean {
  return URL.canParse(url) && ['login.salesforce.com', 'test.salesforce.com'].includes(new URL(url).hostname);
}
