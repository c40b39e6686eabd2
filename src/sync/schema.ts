import { z } from 'zod';

import { conditionSchema } from '../templates/condition.ts';
import { IDENTITY_KINDS, WRITE_POLICIES } from './compiled-sync.ts';

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

const detailedFieldSchema = z.strictObject({
  value: z.json().describe('A template, or a tree whose texts are templates.'),
  write: z.enum(WRITE_POLICIES).optional().describe('How it meets what is there. Default: newer.'),
  when: conditionSchema.optional().describe('Written only when this holds.'),
  omit_empty: z.boolean().default(true).describe('false: an empty text or list is written, and blanks the field.'),
  only_on: z.enum(['create', 'update']).optional(),
  max_length: z.number().int().min(1).optional().describe('Longer texts are cut to this many characters.'),
});

export type DetailedField = z.output<typeof detailedFieldSchema>;

const fieldSchema = z
  .union([scalarSchema, z.null(), z.array(z.json()), detailedFieldSchema])
  .describe('A template, null to leave a default field out, or { value, write, … }.');

export type FieldConfig = z.output<typeof fieldSchema>;

const fieldsSchema = z
  .record(z.string().min(1), fieldSchema)
  .default({})
  .describe('CRM field → template. Added to the defaults of the destination, key by key.');

const statusSchema = z.strictObject({
  field: z.string().min(1).optional().describe('Default: the status field of the destination type.'),
  rules: z
    .array(z.strictObject({ when: conditionSchema, set: scalarSchema }))
    .optional()
    .describe('The first rule that holds decides.'),
  default: z
    .union([scalarSchema, z.null()])
    .optional()
    .describe(
      'When no rule holds, where the field is empty: it never replaces what a rule or a person put there. null: leave it alone.',
    ),
});

export type StatusConfig = z.output<typeof statusSchema>;

const contactSchema = z.strictObject({
  match: z
    .array(z.enum(IDENTITY_KINDS))
    .min(1)
    .default([...IDENTITY_KINDS])
    .describe('By what the person is found, in order of trust.'),
  on_no_match: z.enum(['create', 'skip', 'hold']).default('create'),
  on_many_matches: z.enum(['newest', 'oldest', 'hold']).default('newest'),
  fields: fieldsSchema,
  status: z
    .union([z.literal(false), statusSchema])
    .optional()
    .describe('false: the status is left alone.'),
});

const callSchema = z.strictObject({ fields: fieldsSchema });

const taskSchema = z.strictObject({
  when: conditionSchema.optional().describe('Default: whenever there is a subject.'),
  subject: z.string().min(1),
  due: z.string().min(1).optional(),
  fields: fieldsSchema,
});

/** `- sync: <destination>` with all that may stand beside it. */
export const syncActionSchema = z.strictObject({
  sync: z.string().min(1).describe('Name of a destination.'),
  when: conditionSchema.optional().describe('Calls for which this does not hold are left out.'),
  contact: z
    .union([z.literal(false), contactSchema])
    .optional()
    .describe('false: no contact is looked for or written.'),
  call: z
    .union([z.literal(false), callSchema])
    .optional()
    .describe('false: no call record is written.'),
  task: z
    .union([z.literal(false), taskSchema])
    .optional()
    .describe('Default: no task.'),
});

export type SyncActionConfig = z.output<typeof syncActionSchema>;
export type ContactConfig = z.output<typeof contactSchema>;
export type TaskConfig = z.output<typeof taskSchema>;

/** What stands for an absent `contact:` or `call:`. */
export const DEFAULT_CONTACT: ContactConfig = contactSchema.parse({});
