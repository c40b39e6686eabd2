import { z } from 'zod';

import { baseUrlSchema, durationSchema, headerValueSchema } from '../common-schema.ts';
import { rateSchema } from '../rate.ts';

const oauthSchema = z.strictObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  refresh_token: z
    .string()
    .min(1)
    .describe('The first one. The newest is kept in the ledger; writing another here starts over.'),
});

/** `type: hubspot`. */
export const hubspotSchema = z
  .strictObject({
    type: z.literal('hubspot'),
    access_token: headerValueSchema
      .min(1, 'must not be empty')
      .optional()
      .describe('A service key, or the token of a private app.'),
    oauth: oauthSchema.optional().describe('Instead of access_token: an OAuth app installed in one account.'),
    external_id_property: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/, 'is not the internal name of a property')
      .default('hookline_person_key')
      .describe(
        "The unique contact property that the platform's external ids are looked up by; hs_object_id if they are HubSpot's own record ids.",
      ),
    api_version: z
      .string()
      .regex(/^\d{4}-(?:03|09)$/, 'must be a version such as "2026-03"')
      .default('2026-03')
      .describe("Version of HubSpot's API."),
    base_url: baseUrlSchema.default('https://api.hubapi.com').describe('For tests and proxies only.'),
    allow_private_networks: z.boolean().default(false).describe('Allows base_url to be a private or loopback address.'),
    timeout: durationSchema.prefault('30s').describe('For a whole exchange.'),
    rate: rateSchema
      .optional()
      .describe(
        'Default: what HubSpot says the account may ask, spread evenly; 100 requests in 10 seconds until it says so.',
      ),
  })
  .refine(
    ({ access_token, oauth }) => (access_token === undefined) !== (oauth === undefined),
    'needs either access_token or oauth.',
  );

export type HubSpotConfig = z.output<typeof hubspotSchema>;
