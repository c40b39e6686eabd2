import ms, { type StringValue } from 'ms';
import { z } from 'zod';

import { EVENT_RANK, type EventType } from '../domain/event.ts';
import { syncActionSchema } from '../sync/schema.ts';
import { conditionSchema } from '../templates/condition.ts';

/** Event types that may start an integration; the others never become part of a call. */
const TRIGGERS = (Object.keys(EVENT_RANK) as EventType[]).filter((type) => EVENT_RANK[type] > 0);

const DEFAULT_TRIGGERS: readonly EventType[] = ['call.ended', 'call.analyzed'];

const triggerSchema = z.enum(TRIGGERS);

const NO_DURATION = 'is not a duration. Write it like "30s", "5m" or "2h".';

/** `"5m"` → milliseconds, from a second to a day. */
const durationSchema = z
  .string(NO_DURATION)
  .regex(/^\d+(?:\.\d+)? ?(?:s|m|h|d)$/, NO_DURATION)
  .transform((text) => ms(text as StringValue))
  .refine((value) => value >= 1_000 && value <= 86_400_000, 'must be from 1s to 24h.');

const settleSchema = z.union([
  z.enum(['on_end', 'on_analysis']),
  z.strictObject({ on_analysis: z.strictObject({ within: durationSchema }) }),
]);

const retrySchema = z.strictObject({
  attempts: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Attempts before a run becomes a dead letter. Default 20.'),
  first: durationSchema
    .optional()
    .describe('Longest wait after the first failure, doubled with every further one. Default 10s.'),
  max: durationSchema.optional().describe('No wait is longer, unless the destination asks for it. Default 2h.'),
});

/** One entry of `integrations:`. */
export const integrationSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).describe('Unique; runs are kept under it. Renaming makes a new integration.'),
  enabled: z.boolean().default(true).describe('false: makes no new runs and holds those it has.'),
  sources: z.array(z.string()).min(1).optional().describe('Names of sources. Default: all.'),
  trigger: z
    .union([triggerSchema, z.array(triggerSchema).min(1)])
    .default([...DEFAULT_TRIGGERS])
    .describe('Event types that start it. Default: call.ended and call.analyzed.'),
  when: conditionSchema
    .optional()
    .describe('Only calls for which this holds: an expression, or a tree of all, any and not.'),
  settle: settleSchema
    .default('on_end')
    .describe(
      'on_end: write when the call ends, update later. on_analysis: wait for analysed data, 5m unless `within` says otherwise.',
    ),
  retry: retrySchema.optional().describe('How often and how patiently a failed attempt is repeated.'),
  actions: z.array(syncActionSchema).min(1).describe('What to do, in this order.'),
});

export type IntegrationConfig = z.infer<typeof integrationSchema>;
