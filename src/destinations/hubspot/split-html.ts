/**
 * A tag, an entity, some text up to a white space, some of a word without end, or a bracket that belongs to no tag. Bounded,
 * so that no text takes long: each stops at the next bracket in any case.
 */
const TOKEN = /<(\/?)([a-z][a-z0-9]*)[^<>]{0,2000}>|&[a-z0-9#]{1,32};|[^<&\n]{0,40}\s|[^<&\s]{1,40}|[^]/giu;

/** They have no end tag. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const LINE_END = /^<(?:br|hr)\b|^<\/(?:p|div|li|tr|ul|ol|table|blockquote|h[1-6])\b|\n$/i;

interface OpenTag {
  readonly name: string;
  /** As it was written. */
  readonly text: string;
}

interface Token {
  readonly text: string;
  /** Tags that are open behind it. */
  readonly open: readonly OpenTag[];
}

/**
 * Cuts HTML into parts that are whole HTML each: between words, at the end of a line where one is near, never inside a tag
 * or an entity; what is open at a cut is closed, and opened again behind it. `rooms` is the length of the first part, of the
 * second, …; the last one holds for all that follow. Text that is no HTML is cut between words. Pure.
 */
export function splitHtml(html: string, rooms: readonly number[]): readonly string[] {
  const roomOf = (part: number): number => rooms[Math.min(part, rooms.length - 1)] ?? html.length;
  if (html.length <= roomOf(0)) return [html];
  const tokens = tokenise(html, Math.floor(Math.min(...rooms) / 4));
  const parts: string[] = [];
  for (let rest: Rest = { next: 0, open: [] }; rest.next < tokens.length;) {
    const part = takePart(tokens, rest, roomOf(parts.length));
    parts.push(part.text);
    rest = part;
  }
  return parts;
}

/** The first part alone. */
export function cutHtml(html: string, room: number): string {
  return splitHtml(html, [room])[0] ?? '';
}

/** What is left, from this token on, and the tags that are open before it. */
interface Rest {
  readonly next: number;
  readonly open: readonly OpenTag[];
}

/** The end of a line is worth so much of the room of a part. */
const NEAR_END = 0.75;

/** As much as there is room for: a token and the tags around it never take more than half of it (`tokenise`). */
function takePart(tokens: readonly Token[], rest: Rest, room: number): Rest & { readonly text: string } {
  let text = rest.open.map((tag) => tag.text).join('');
  let { next, open } = rest;
  let atLine: (Rest & { readonly text: string }) | null = null;
  for (const token of tokens.slice(next)) {
    if (text.length + token.text.length + closing(token.open).length > room) {
      return atLine ?? { text: text + closing(open), next, open };
    }
    text += token.text;
    ({ open } = token);
    next += 1;
    if (text.length > room * NEAR_END && LINE_END.test(token.text)) atLine = { text: text + closing(open), next, open };
  }
  // What is open here, its author left open.
  return { text, next, open: [] };
}

function closing(open: readonly OpenTag[]): string {
  return open
    .map(({ name }) => `</${name}>`)
    .toReversed()
    .join('');
}

/** `most`: the length of a token, and of all tags that are opened again together; what is longer counts as text. */
function tokenise(html: string, most: number): readonly Token[] {
  const tokens: Token[] = [];
  let open: readonly OpenTag[] = [];
  for (const [text, slash, name] of html.matchAll(TOKEN)) {
    if (text.length > most) {
      tokens.push(...inPieces(text, most).map((piece) => ({ text: piece, open })));
      continue;
    }
    if (name !== undefined) open = afterTag(open, { name: name.toLowerCase(), text }, slash === '/');
    if (weightOf(open) > most) open = open.slice(0, -1);
    tokens.push({ text, open });
  }
  return tokens;
}

function inPieces(text: string, most: number): readonly string[] {
  // Characters of two units each at worst.
  return text.match(new RegExp(`[^]{1,${Math.max(1, Math.floor(most / 2))}}`, 'gu')) ?? [];
}

function afterTag(open: readonly OpenTag[], tag: OpenTag, isEnd: boolean): readonly OpenTag[] {
  if (!isEnd) return VOID.has(tag.name) || tag.text.endsWith('/>') ? open : [...open, tag];
  const at = open.findLastIndex(({ name }) => name === tag.name);
  // An end without a beginning changes nothing.
  return at < 0 ? open : open.slice(0, at);
}

function weightOf(open: readonly OpenTag[]): number {
  return open.reduce((sum, { name, text }) => sum + text.length + name.length + 3, 0);
}
