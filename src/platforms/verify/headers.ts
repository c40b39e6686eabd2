import type { HeaderLines } from '../platform.ts';

/** All values of a header; the name in lower case. Comparing lengths first spares most names their conversion. */
export function headerValues(lines: HeaderLines, lowerCaseName: string): readonly string[] {
  const values: string[] = [];
  for (const [name, value] of lines) {
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) values.push(value);
  }
  return values;
}

/** The value of a header that may stand there once: null when absent, `many` when repeated. */
export function singleHeader(lines: HeaderLines, names: readonly string[]): string | null | { readonly many: true } {
  const values =
    names.length === 1 ? headerValues(lines, names[0] ?? '') : names.flatMap((name) => headerValues(lines, name));
  return values.length > 1 ? { many: true } : (values[0]?.trim() ?? null);
}
