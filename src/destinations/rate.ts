import { z } from 'zod';

/** How fast a destination may be asked. Every destination type takes this under `rate:`. */
export const rateSchema = z.strictObject({
  max_in_flight: z.number().int().min(1).max(100).default(4).describe('Requests under way at the same time.'),
  per: z
    .array(
      z.strictObject({
        n: z.number().int().min(1).describe('Requests…'),
        seconds: z.number().positive().max(86_400).describe('…in any stretch of this many seconds.'),
      }),
    )
    .default([])
    .describe('Limits over time; a request must fit them all.'),
});

export type Rate = z.output<typeof rateSchema>;
