import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { splitHtml } from '../../../../src/destinations/hubspot/split-html.ts';

const PART = 400;

/** What a reader sees of it, spaces aside. */
const wordsOf = (html: string): string => html.replaceAll(/<\/?[a-z][^<>]*>/gi, '').replaceAll(/\s+/g, '');

const tagsOf = (html: string): readonly string[] => [...html.matchAll(/<\/?[a-z][^<>]*>/gi)].map(([tag]) => tag);

/** Every tag that is opened is closed, in order. */
function isBalanced(html: string): boolean {
  const open: string[] = [];
  for (const tag of tagsOf(html)) {
    const name = /^<\/?([a-z]+)/i.exec(tag)?.[1]?.toLowerCase() ?? '';
    if (name === 'br') continue;
    if (!tag.startsWith('</')) open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

const word = fc.oneof(
  fc.stringMatching(/^[a-z]{1,9}$/),
  fc.constantFrom('&amp;', '&#39;', '&quot;', '😀', '<br>', '<br />\n', 'a'.repeat(120), ' ', '\n'),
);
const html: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom('p', 'strong', 'li'), fc.array(word, { maxLength: 60 })), { maxLength: 40 })
  .map((blocks) => blocks.map(([tag, words]) => `<div><${tag}>${words.join(' ')}</${tag}></div>`).join(''));

describe('splitHtml', () => {
  test('a text that fits stays as it is', () => {
    expect(splitHtml('<p>Hi &amp; <b>bye</p>', [PART])).toEqual(['<p>Hi &amp; <b>bye</p>']);
  });

  test('tags are closed at the end of a part and opened again in the next, with what they hold', () => {
    const [first = '', second = ''] = splitHtml(`<p class="x"><a href="/y">${'word '.repeat(100)}</a></p>`, [PART]);
    expect(first.startsWith('<p class="x"><a href="/y">word')).toBe(true);
    expect(first).toMatch(/word <\/a><\/p>$/);
    expect(second).toMatch(/^<p class="x"><a href="\/y">word/);
  });

  test('a cut falls between words, and never inside an entity or a tag', () => {
    for (let shift = 0; shift < 40; shift += 1) {
      const text = `${'x'.repeat(370 + shift)} a&amp;b<br>&#39;&#x27;<strong>c</strong> tail`;
      const parts = splitHtml(text, [PART]);
      expect(wordsOf(parts.join(''))).toBe(wordsOf(text));
      for (const part of parts) {
        expect(part).not.toMatch(/&[a-z0-9#]*$/);
        expect(part).not.toMatch(/<[^>]*$/);
      }
    }
  });

  test('the first part and the others have rooms of their own', () => {
    const parts = splitHtml('word '.repeat(300), [300, 400]);
    expect(parts.map(({ length }) => Math.ceil(length / 100))).toEqual([3, 4, 4, 4, 1]);
  });

  test.each([
    ['plain text with comparisons', 'if a < b & c > d then e<f '.repeat(60)],
    ['tags that are never closed', '<b>bold '.repeat(200)],
    ['closing tags without opening ones', 'x</i></p> '.repeat(200)],
    ['one word without end', 'x'.repeat(3000)],
    ['a tag without end', `<a href="${'y'.repeat(3000)}`],
    ['nothing but emoji', '😀'.repeat(900)],
  ])('%s: nothing is lost, no part too long, no character torn', (_what, text) => {
    const parts = splitHtml(text, [PART]);
    expect(wordsOf(parts.join(''))).toBe(wordsOf(text));
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(PART);
      expect(part.isWellFormed()).toBe(true);
    }
  });

  test('many brackets take no time worth mentioning', () => {
    const text = '<a"<a\''.repeat(50_000);
    expect(splitHtml(text, [65_536]).join('')).toHaveLength(text.length);
  });

  test('whatever is written: every part is whole HTML of the size asked for, and together they are the text', () => {
    fc.assert(
      fc.property(html, (text) => {
        const parts = splitHtml(text, [PART]);
        expect(wordsOf(parts.join(''))).toBe(wordsOf(text));
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(PART);
          expect(isBalanced(part)).toBe(true);
        }
      }),
    );
  });
});
