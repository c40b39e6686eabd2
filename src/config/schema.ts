import bytes from 'bytes';
import { z } from 'zod';

import { destinationConfigSchema } from '../destinations/index.ts';
import { integrationSchema } from '../integrations/schema.ts';
import { sourceConfigSchema } from '../platforms/source-config.ts';
import { serverSchema } from '../receive/schema.ts';

/** Names appear in URLs, log lines and keys. */
const nameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, at most 63 characters');

const NO_SIZE = 'is not a size. Write it like "10gb" or "500mb".';

/** With its unit: a number alone would be bytes, and keep nothing. */
const sizeSchema = z
  .string(NO_SIZE)
  .refine((text) => /^\d[\d.]* *[kmgt]b$/i.test(text) && (bytes.parse(text) ?? 0) > 0, NO_SIZE)
  .transform((text) => bytes.parse(text) ?? 0);

const retentionSchema = z.strictObject({
  days: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Events and finished calls older than this are deleted. Links to CRM records stay.'),
  max_size: sizeSchema
    .prefault('10gb')
    .describe('The oldest events are deleted beyond this ledger size, such as "10gb".'),
});

export const configSchema = z.strictObject({
  server: serverSchema.prefault({}).describe('The public HTTP port.'),
  retention: retentionSchema.prefault({}).describe('How much the ledger keeps. On by default.'),
  sources: z.record(nameSchema, sourceConfigSchema).describe('Who may send: each is served at POST /webhooks/<name>.'),
  destinations: z.record(nameSchema, destinationConfigSchema).default({}).describe('CRM accounts to keep in step.'),
  integrations: z.array(integrationSchema).default([]).describe('Which calls go where, and as what.'),
});

export type Config = z.infer<typeof configSchema>;
