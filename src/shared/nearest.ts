import { closest, distance } from 'fastest-levenshtein';

/** The known name an operator most likely meant; null when nothing is near (more than a third of it would change). */
export function nearest(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const wanted = name.toLowerCase();
  const byLowerCase = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  const candidate = closest(wanted, [...byLowerCase.keys()]);
  const allowed = Math.max(2, Math.floor(Math.max(name.length, candidate.length) / 3));
  return distance(wanted, candidate) <= allowed ? (byLowerCase.get(candidate) ?? null) : null;
}

/** ` Did you mean "phone"?` or, with nothing near and few known names, ` Known: a, b.`; else an empty string. */
export function didYouMean(name: string, known: readonly string[]): string {
  const candidate = nearest(name, known);
  if (candidate !== null) return ` Did you mean "${candidate}"?`;
  return known.length > 0 && known.length <= 12 ? ` Known: ${known.join(', ')}.` : '';
}
