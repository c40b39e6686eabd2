import { z } from 'zod';

import { maxBodySchema, networksSchema, rateSchema } from '../platforms/source-keys.ts';

const rateLimitSchema = z.strictObject({
  per_address: rateSchema
    .prefault('6000/m')
    .describe('Requests from one client address before 429, such as "6000/m", or "off".'),
  per_source: rateSchema
    .prefault('off')
    .describe('Verified requests to one source before 429; a source may have its own limit.'),
});

/** The `server` section: what the public port believes and bears. */
export const serverSchema = z.strictObject({
  trusted_proxies: networksSchema
    .prefault([])
    .describe('Networks of your own proxies. Only their X-Forwarded-For is believed, read from the right.'),
  max_body: maxBodySchema.prefault('5mb').describe('Larger bodies are answered 413; a source may have its own limit.'),
  rate_limit: rateLimitSchema.prefault({}).describe('Counted by each receiver process for itself.'),
});

export type ServerConfig = z.output<typeof serverSchema>;
