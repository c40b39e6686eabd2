/**
 * What makes a terminal do something instead of showing something: control characters (escape sequences begin with
 * one), and the marks of Unicode that turn the direction of text or break lines. Callers and CRMs put them into names.
 */
// eslint-disable-next-line no-control-regex -- finding exactly those is the point
const COMMANDING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text that can only show itself; line breaks and tabs stay. */
export function harmless(text: string): string {
  return text.replaceAll(COMMANDING, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'));
}

/** JSON that can only show itself and means the same; line breaks between its members stay. */
export function harmlessJson(json: string): string {
  return json.replaceAll(COMMANDING, (character) => (character === '\n' ? character : escaped(character)));
}

/** A value from outside as part of a line. */
export function oneLine(text: string): string {
  return text.replaceAll(COMMANDING, ' ').replaceAll(/ {2,}/g, ' ').trim();
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
