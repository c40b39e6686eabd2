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

/** What an answer tells of the CRM's limits. */
export interface LimitNews {
  /** The limits over time as the CRM states them, in place of those of `rate`. */
  readonly per?: Rate['per'];
  /** Nothing more of this class may be asked for so long. */
  readonly silentForMs?: number;
  /** The destination is not to be used until then, though this answer was a good one: a share of a quota is used up. */
  readonly pause?: { readonly reason: string; readonly hint: string; readonly untilMs: number };
}
