import bytes from 'bytes';
import { z } from 'zod';

import { parseCidrs, type Cidr } from '../shared/ip.ts';
import { isCountry } from '../shared/phone.ts';
import { parseInstant } from '../shared/time.ts';

/** A secret as written: the text alone, or with the moment it stops counting. */
export interface SecretConfig {
  readonly value: string;
  /** Epoch milliseconds; null: never. */
  readonly expiresAtMs: number | null;
}

/** An HMAC with an empty key "works", so an empty secret is refused; line ends that files bring are cut off. */
const EMPTY_SECRET = 'is empty. An empty secret would let everybody in.';
const secretText = z.string().trim().min(1, EMPTY_SECRET);

const secretSchema = z
  .union([
    z.string(),
    z.strictObject({
      value: z.string(),
      expires_at: z.string().describe('ISO 8601; from then on it no longer counts.'),
    }),
  ])
  .transform((written, context): SecretConfig => {
    const { value, expires_at: expiry } = typeof written === 'string' ? { value: written, expires_at: null } : written;
    const expiresAtMs = expiry === null ? null : parseInstant(expiry);
    if (value.trim() === '') context.addIssue({ code: 'custom', message: EMPTY_SECRET });
    if (expiry !== null && expiresAtMs === null)
      context.addIssue({
        code: 'custom',
        path: ['expires_at'],
        message: `"${expiry}" is not a time. Write it like "2027-01-31T00:00:00Z".`,
      });
    return { value: value.trim(), expiresAtMs };
  });

/** 22 characters of base64url carry 128 bits. */
const tokenSchema = z
  .string()
  .trim()
  .regex(/^[\w-]{22,}$/, 'must be at least 22 letters, digits, "-" or "_". `openssl rand -hex 16` prints a good one.');

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name');

const authSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer'), token: secretText }),
  z.strictObject({ type: z.literal('header'), name: headerName, value: secretText }),
  z.strictObject({ type: z.literal('basic'), username: z.string(), password: secretText }),
]);

const networkSchema = z.union([z.string(), z.strictObject({ cidr: z.string(), confirm: z.literal(true) })]);

/** Networks, parsed; of the server's proxies as of a source's senders. */
export const networksSchema = z.array(networkSchema).transform((entries, context): readonly Cidr[] => {
  const parsed = parseCidrs(entries);
  if (parsed.kind === 'ok') return parsed.cidrs;
  for (const { index, problem } of parsed.problems) {
    context.addIssue({ code: 'custom', path: [index], message: problem });
  }
  return z.NEVER;
});

const MIN_BODY_BYTES = 1024;
const MAX_BODY_BYTES = 100 * 1024 ** 2;

/** A size such as `5mb`, in bytes. */
export const maxBodySchema = z.string('is not a size. Write it like "5mb".').transform((text, context): number => {
  const size = /^\s*\d/.test(text) ? bytes.parse(text) : null;
  if (size !== null && size >= MIN_BODY_BYTES && size <= MAX_BODY_BYTES) return size;
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a size between "1kb" and "100mb". Write it like "5mb".`,
  });
  return z.NEVER;
});

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A rate such as `6000/m`; null for `off`. */
export const rateSchema = z
  .string('is not a rate. Write it like "6000/m", "100/s" or "50000/h", or "off" in quotes.')
  .transform((text, context): { readonly count: number; readonly seconds: number } | null => {
    if (text === 'off') return null;
    const [, count = '', unit = ''] = /^([1-9]\d{0,8})\/([smh])$/.exec(text) ?? [];
    const seconds = SECONDS[unit];
    if (seconds !== undefined) return { count: Number(count), seconds };
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a rate. Write it like "6000/m", "100/s" or "50000/h", or "off".`,
    });
    return z.NEVER;
  });

/** Keys of every source. */
export const SOURCE_KEYS = {
  token: tokenSchema.optional().describe('Last segment of the URL: /webhooks/<source>/<token>.'),
  auth: authSchema.optional().describe('A static header or basic credentials that every request carries.'),
  allow_ips: networksSchema.default([]).describe('Networks requests may come from. Empty: from anywhere.'),
  allow_unsigned: z
    .literal(true)
    .optional()
    .describe('Accept requests from anybody. Needed for a source without any authentication.'),
  default_country: z
    .string()
    .refine(isCountry, 'is not an ISO 3166 country code. Write it like "US" or "DE".')
    .optional()
    .describe('Country of phone numbers written without one. Without it they stay unread.'),
  own_numbers: z.array(z.string()).default([]).describe("Your own numbers: never taken for the customer's."),
  on_invalid: z
    .enum(['reject', 'quarantine'])
    .default('reject')
    .describe(
      'A request that fails authentication: 401, or 200 and kept unprocessed (for senders that switch off after failures).',
    ),
  max_body: maxBodySchema.optional().describe('Larger bodies are answered 413. Default: as for the server.'),
  rate_limit: rateSchema
    .optional()
    .describe('Verified requests before 429, such as "6000/m", or "off". Default: as for the server.'),
} as const;

/** The key of every source that can be signed. */
export const SECRETS_KEY = {
  secrets: z
    .array(secretSchema)
    .min(1)
    .optional()
    .describe('Signing secrets; any one passes, so they can be rotated without a gap.'),
} as const;

const commonSchema = z.strictObject({ platform: z.string(), ...SOURCE_KEYS, secrets: SECRETS_KEY.secrets });

/** What every source has in common, whatever its platform. */
export type CommonSourceConfig = z.output<typeof commonSchema>;
