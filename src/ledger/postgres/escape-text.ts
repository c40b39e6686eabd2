const NUL = '\u0000';
const ESCAPE = '\u0001';

/**
 * PostgreSQL keeps no U+0000 in text, and a signed webhook may carry one anywhere. So in every text U+0000 is written as
 * U+0001 U+0001 and U+0001 as U+0001 U+0002: nothing is lost, different texts stay different, and their order stays.
 */
export function escapeText(text: string): string {
  if (!text.includes(NUL) && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}\u0002`).replaceAll(NUL, `${ESCAPE}${ESCAPE}`);
}

/** The text that was given to `escapeText`. */
export function unescapeText(escaped: string): string {
  if (!escaped.includes(ESCAPE)) return escaped;
  return escaped.replaceAll(`${ESCAPE}${ESCAPE}`, NUL).replaceAll(`${ESCAPE}\u0002`, ESCAPE);
}
