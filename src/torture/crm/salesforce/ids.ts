const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const INSTANCE = '5g0000';

/** The 18 characters of the n-th record whose ids begin with this prefix; later ids sort behind earlier ones. */
export function createId(prefix: string, number: number): string {
  let rest = number;
  let digits = '';
  for (let place = 0; place < 6; place += 1) {
    digits = `${DIGITS[rest % DIGITS.length]}${digits}`;
    rest = Math.floor(rest / DIGITS.length);
  }
  const short = `${prefix}${INSTANCE}${digits}`;
  return `${short}${suffixOf(short)}`;
}

/**
 * An id of 15 or 18 characters as 18; undefined for what is none. The last three of 18 say which letters are capitals, so
 * that an id survives a program which does not tell them apart.
 */
export function readId(text: string): string | undefined {
  if (!/^(?:[a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(text)) return undefined;
  if (text.length === 15) return `${text}${suffixOf(text)}`;
  const suffix = text.slice(15).toUpperCase();
  const restored = restoreCase(text.slice(0, 15), suffix);
  return suffixOf(restored) === suffix ? `${restored}${suffix}` : undefined;
}

/** One of 32 signs for every five characters: which of them are capitals. */
function suffixOf(short: string): string {
  return [0, 5, 10]
    .map((start) => {
      const capitals = Array.from(short.slice(start, start + 5), (sign, index) =>
        /[A-Z]/.test(sign) ? 2 ** index : 0,
      );
      return SUFFIX_DIGITS[capitals.reduce((sum, bit) => sum + bit, 0)];
    })
    .join('');
}

function restoreCase(short: string, suffix: string): string {
  return Array.from(short, (sign, index) => {
    const bits = SUFFIX_DIGITS.indexOf(suffix[Math.floor(index / 5)] ?? '');
    return ((bits >> (index % 5)) & 1) === 1 ? sign.toUpperCase() : sign.toLowerCase();
  }).join('');
}
