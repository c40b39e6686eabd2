import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { JsonValue } from '../../../../src/domain/json.ts';
import { parsePath, readPath } from '../../../../src/destinations/rest/read-path.ts';

const ANSWER: JsonValue = {
  data: { items: [{ item: { id: 7 } }, { item: { id: 8 } }] },
  phones: [
    { label: 'home', value: '+1' },
    { label: 'work', value: '+2' },
  ],
  'x-y': 1,
  empty: [],
  nothing: null,
};

test.each<[path: string, value: JsonValue | undefined]>([
  ['', ANSWER],
  ['data.items[0].item.id', 7],
  ['data.items[-1].item.id', 8],
  ['data.items[].item.id', [7, 8]],
  ['phones[label=work].value', '+2'],
  ['phones[label=fax].value', undefined],
  ['phones[].value', ['+1', '+2']],
  ['x-y', 1],
  ['empty[]', []],
  ['empty[0]', undefined],
  ['nothing', null],
  ['nothing.further', null],
  ['data.items.id', undefined],
  ['constructor', undefined],
  ['data.__proto__', undefined],
])('%s', (path, value) => {
  const parsed = parsePath(path);
  if (parsed === null) throw new Error('the path must be readable');
  expect(readPath(ANSWER, parsed)).toEqual(value);
});

test.each(['a[', 'a]', 'a[b', '[x=', 'a[1'])('%s is no path', (path) => {
  expect(parsePath(path)).toBeNull();
});

test('reading never throws, whatever the path and the answer', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (path, value) => {
      const parsed = parsePath(path);
      if (parsed !== null) readPath(value as JsonValue, parsed);
    }),
  );
});
