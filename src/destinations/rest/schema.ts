import { z } from 'zod';

import { conditionSchema } from '../../templates/condition.ts';
import { baseUrlSchema, durationSchema, headerNameSchema, headerValueSchema } from '../common-schema.ts';
import { rateSchema } from '../rate.ts';
import { authSchema } from './auth-schema.ts';
import { parsePath } from './read-path.ts';

const pathSchema = z
  .string()
  .refine(
    (text) => parsePath(text) !== null,
    'is not a path. Write it like "data.items[0].id", "phones[].value" or "phones[label=work].value".',
  );
const pathsSchema = z
  .union([pathSchema, z.array(pathSchema).min(1)])
  .transform((paths) => (typeof paths === 'string' ? [paths] : paths));

const urlPathSchema = z
  .string()
  .regex(/^\/[^?#]*$/, 'must start with / and hold no ? or #; parameters go to `query`. It is appended to base_url.');

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

const requestFields = {
  path: urlPathSchema.describe('Appended to base_url. Values of {{ … }} are URL-encoded.'),
  query: z.record(z.string(), scalarSchema).default({}).describe('Parameters; empty ones are left out.'),
  headers: z.record(headerNameSchema, z.string()).default({}),
  body: z
    .json()
    .optional()
    .describe(
      'A tree whose texts are templates; "...": "{{ fields }}" puts the projected fields in. Default of writes: the projected fields.',
    ),
  encoding: z.enum(['json', 'form']).default('json'),
};
const requestSchema = (method: 'GET' | 'POST' | 'PATCH' | 'PUT') =>
  z.strictObject({ method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default(method), ...requestFields });

const LOOKUP_KEYS = ['key', 'phone', 'email', 'external_id'] as const;

const lookupSchema = z.strictObject({
  by: z
    .enum(LOOKUP_KEYS)
    .optional()
    .describe(
      'What it looks for. Default: told by the variable it uses (contact.phone, contact.email, contact.external_id, key).',
    ),
  ...requestSchema('GET').shape,
  records: pathSchema.default('').describe('Where the list (or the one record) stands in the answer.'),
  found: conditionSchema.optional().describe('Which of them count: a condition that sees each as `record`.'),
  id: pathsSchema.default(['id']).describe('Where a record carries its id.'),
  fields: pathSchema.default('').describe('Where a record carries its fields. Default: the record itself.'),
  phones: pathsSchema.default([]).describe('Where a record carries phone numbers: a hit is checked against them.'),
  created_at: pathsSchema
    .default(['created_at', 'createdAt', 'dateAdded', 'add_time'])
    .describe('For newest and oldest.'),
  none: conditionSchema
    .optional()
    .describe('When the answer means "nobody", such as status == 404. Sees status, body, headers.'),
});

const readSchema = z.strictObject({
  ...requestSchema('GET').shape,
  record: pathSchema.default('').describe('Where the record stands in the answer.'),
  fields: pathSchema.default('').describe('Where the record carries its fields.'),
});

const conflictSchema = z.strictObject({
  when: conditionSchema.optional().describe('Default: status == 409. Sees status, body, headers.'),
  id: pathsSchema.optional().describe('Where the answer names the record that exists. Default: it is looked up.'),
});

export const STRATEGIES = ['put', 'upsert', 'create', 'find_or_create', 'find_then_update', 'append'] as const;
export const UNKNOWN_OUTCOMES = ['safe_to_retry', 'verify_then_retry', 'never'] as const;

const statusDefaultsSchema = z.strictObject({
  field: z.string(),
  rules: z.array(z.strictObject({ when: z.string(), set: z.string() })).default([]),
  default: z.string().optional(),
});

const kindSchema = z.strictObject({
  strategy: z.enum(STRATEGIES).describe('How records are kept free of duplicates; see docs.'),
  lookup: z.array(lookupSchema).default([]).describe('Searches, tried in this order.'),
  create: requestSchema('POST').optional(),
  update: requestSchema('PATCH').optional(),
  put: requestSchema('PUT').optional(),
  upsert: requestSchema('POST').optional(),
  read: readSchema.optional().describe('Reads one record by {{ id }}: needed by fill_if_empty, append and max.'),
  success: conditionSchema
    .optional()
    .describe('What a 2xx answer must also show, such as body.ok == true. Sees status, body, headers.'),
  id: pathsSchema
    .default(['id'])
    .describe('Where the answer to a write carries the id. "$location": end of the Location header.'),
  created: conditionSchema
    .optional()
    .describe('True in the answer of an upsert or put that made a new record. Default: status == 201.'),
  conflict: conflictSchema.prefault({}).describe('When a create is answered "exists already".'),
  ambiguous: z
    .enum(['fail', 'newest', 'oldest'])
    .default('fail')
    .describe('When a look by key finds several. People with several matches are decided by on_many_matches.'),
  unknown_outcome: z
    .enum(UNKNOWN_OUTCOMES)
    .optional()
    .describe(
      'After a create without an answer. Default: safe_to_retry for put and upsert, verify_then_retry where there is a lookup, else never.',
    ),
  index_lag: durationSchema
    .prefault('10s')
    .describe('How long the CRM may take until a new record can be found: before that, "not found" is not believed.'),
  fields: z
    .record(z.string(), z.string())
    .optional()
    .describe('What is written unless an integration says otherwise: field → template.'),
  status: statusDefaultsSchema.optional().describe('Default status block of the contact.'),
});

const errorRuleSchema = z.strictObject({
  when: z
    .strictObject({
      status: z.union([z.number().int(), z.array(z.number().int()).min(1)]).optional(),
      body: conditionSchema.optional().describe('A condition that sees status, body, headers.'),
    })
    .refine((when) => when.status !== undefined || when.body !== undefined, 'needs status, body, or both'),
  do: z
    .enum(['retry', 'refresh_auth', 'conflict', 'permanent', 'pause'])
    .describe('retry and pause heed Retry-After. retry promises that nothing was written.'),
  after: durationSchema.optional().describe('With retry and pause: for how long, when the answer does not say.'),
});

/** `type: rest`: any CRM with an HTTP API, described by its requests. */
export const restSchema = z.strictObject({
  type: z.literal('rest'),
  base_url: baseUrlSchema.describe('Every path is appended to it.'),
  allow_private_networks: z.boolean().default(false).describe('Allows private, loopback and metadata addresses.'),
  headers: z.record(headerNameSchema, headerValueSchema).default({}).describe('Sent with every request.'),
  auth: authSchema.default({ type: 'none' }),
  timeout: durationSchema.prefault('30s').describe('For a whole exchange.'),
  rate: rateSchema.prefault({}),
  retry_after: z
    .strictObject({
      header: headerNameSchema,
      unit: z.enum(['seconds', 'milliseconds', 'epoch_seconds', 'epoch_milliseconds']).default('seconds'),
    })
    .optional()
    .describe('Header that says when to come back, besides Retry-After.'),
  errors: z
    .array(errorRuleSchema)
    .default([])
    .describe('What answers mean, first rule first; the rest goes by status.'),
  check: requestSchema('GET').optional().describe('A harmless request for `hookline check --live`.'),
  contact: kindSchema.describe('How people are kept.'),
  call: kindSchema.optional().describe('How calls are kept.'),
  task: kindSchema.optional().describe('How tasks are kept.'),
});

export type RestConfig = z.output<typeof restSchema>;
export type KindConfig = z.output<typeof kindSchema>;
export type LookupConfig = z.output<typeof lookupSchema>;
export type RequestConfig = z.output<ReturnType<typeof requestSchema>>;
export type ErrorRuleConfig = z.output<typeof errorRuleSchema>;
export type Strategy = (typeof STRATEGIES)[number];
export type UnknownOutcome = (typeof UNKNOWN_OUTCOMES)[number];
