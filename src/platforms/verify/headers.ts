import type { HeaderLines } from '../platform.ts';

/** All values of a header; the name in lower case. */
export function headerValues(lines: HeaderLines, lowerCaseName: string): readonly string[] {
  return lines.filter(([name]) => name.toLowerCase() === lowerCaseName).map(([, value]) => value);
}

/** The value of a header that may stand there once: null when absent, `many` when repeated. */
export function singleHeader(lines: HeaderLines, names: readonly string[]): string | null | { readonly many: true } {
  const values = names.flatMap((name) => headerValues(lines, name));
  return values.length > 1 ? { many: true } : (values[0]?.trim() ?? null);
}
