import ms, { type StringValue } from 'ms';
import { z } from 'zod';

const NO_DURATION = 'is not a length of time. Write it like "30s", "5m" or "1h".';

/** A length of time as people write it (`30s`, `5m`, `1h`); milliseconds after parsing. */
export const durationSchema = z
  .string(NO_DURATION)
  .refine((text) => (toMs(text) ?? 0) > 0, NO_DURATION)
  .transform((text) => toMs(text) ?? 0);

/** An absolute http(s) URL without query and fragment; a slash at the end is dropped. */
export const baseUrlSchema = z
  .string()
  .refine(isBaseUrl, 'must be an absolute URL such as "https://crm.example.com/api", without user, query or fragment.')
  .transform((text) => text.replace(/\/+$/, ''));

/** A constant header value. */
export const headerValueSchema = z
  .string()
  .regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, 'must not hold line breaks or characters that no header may carry');

export const headerNameSchema = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not the name of a header');

function toMs(text: string): number | undefined {
  // A number alone would be milliseconds: nobody who writes `timeout: 30` means those.
  return /^\d[\d.]* *[a-z]/i.test(text) ? ms(text as StringValue) : undefined;
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && `${search}${hash}${username}${password}` === '';
}
