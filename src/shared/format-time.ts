import { DateTime } from 'luxon';

/** strftime directives (the dates of Liquid) → luxon tokens. */
const STRFTIME: Readonly<Record<string, string>> = {
  '%Y': 'yyyy',
  '%y': 'yy',
  '%m': 'MM',
  '%-m': 'M',
  '%B': 'MMMM',
  '%b': 'MMM',
  '%d': 'dd',
  '%-d': 'd',
  '%e': 'd',
  '%j': 'ooo',
  '%A': 'cccc',
  '%a': 'ccc',
  '%u': 'c',
  '%H': 'HH',
  '%-H': 'H',
  '%I': 'hh',
  '%-I': 'h',
  '%l': 'h',
  '%M': 'mm',
  '%S': 'ss',
  '%L': 'SSS',
  '%p': 'a',
  '%z': 'ZZZ',
  '%:z': 'ZZ',
  '%Z': 'z',
  '%s': 'X',
  '%Q': 'x',
  '%F': 'yyyy-MM-dd',
  '%T': 'HH:mm:ss',
  '%R': 'HH:mm',
  '%D': 'MM/dd/yy',
  '%%': "'%'",
};
const DIRECTIVE = /%[-:]?[A-Za-z%]/g;

/** The first directive of a strftime format that we do not know; null when all are known. */
export function unknownDirective(format: string): string | null {
  return format.match(DIRECTIVE)?.find((directive) => !Object.hasOwn(STRFTIME, directive)) ?? null;
}

/**
 * Writes a time for the other side. `format` is `iso`, `epoch_s`, `epoch_ms` (both numbers), or strftime
 * (`%Y-%m-%d %H:%M:%S`); `zone` an IANA name. Takes ISO 8601 or Unix time (below 10^11 seconds, else milliseconds); a time
 * without a zone is one of `zone`, so that a plain date stays that date. Null for anything that is no time.
 */
export function formatTime(raw: unknown, format: string, zone = 'UTC'): string | number | null {
  const time = readTime(raw, zone);
  if (time === null || !time.isValid) return null;
  if (format === 'iso') return zone === 'UTC' ? time.toUTC().toISO() : time.toISO();
  if (format === 'epoch_ms') return time.toMillis();
  if (format === 'epoch_s') return Math.floor(time.toMillis() / 1000);
  return time.toFormat(toLuxonFormat(format), { locale: 'en' });
}

function readTime(raw: unknown, zone: string): DateTime | null {
  if (typeof raw === 'string')
    return DateTime.fromISO(raw.trim().replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T'), { zone });
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return null;
  return DateTime.fromMillis(raw < 1e11 ? raw * 1000 : raw, { zone });
}

/** Everything that is no directive is quoted: letters are tokens to luxon. */
function toLuxonFormat(format: string): string {
  const literals = format.split(DIRECTIVE);
  const directives = format.match(DIRECTIVE) ?? [];
  return literals
    .map((literal, index) => quote(literal) + (STRFTIME[directives[index] ?? ''] ?? quote(directives[index] ?? '')))
    .join('');
}

function quote(literal: string): string {
  return literal.replaceAll(/[A-Za-z]+/g, "'$&'");
}
