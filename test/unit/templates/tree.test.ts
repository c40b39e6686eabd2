import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import { knownNames } from '../../../src/templates/known-names.ts';
import { TemplateError } from '../../../src/templates/template.ts';
import { compileTree, type TreeOptions } from '../../../src/templates/tree.ts';

function compile(
  body: JsonValue,
  options: TreeOptions = {},
): { render: (scope: JsonObject) => JsonValue; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const tree = compileTree(body, { known: knownNames({ fields: 'open' }), issues, path: ['body'] }, options);
  return { render: (scope) => tree.render(scope), issues };
}

test('every leaf is rendered by itself and keeps its type', () => {
  const { render } = compile({
    phone: '{{ caller_number }}',
    interested: '{{ outcome.interested }}',
    list: ['{{ duration }}', 'x {{ duration }}', 5, null, true],
    'key {{ duration }}': 'keys are literal',
  });
  expect(render({ caller_number: '+1', outcome: { interested: false }, duration: 3 })).toEqual({
    phone: '+1',
    interested: false,
    list: [3, 'x 3', 5, null, true],
    'key {{ duration }}': 'keys are literal',
  });
});

test('no value can break out of its place', () => {
  const { render } = compile({ a: '{{ outcomes.x }}', b: '"{{ outcomes.x }}"' });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (x) => {
      expect(JSON.parse(JSON.stringify(render({ outcomes: { x } })))).toEqual({ a: x, b: `"${x}"` });
    }),
  );
});

test('"..." merges an object into the one around it; what stands later wins', () => {
  const { render } = compile({ a: 1, '...': '{{ fields }}', b: 2 });
  expect(render({ fields: { a: 9, b: 9, c: 9 } })).toEqual({ a: 9, b: 2, c: 9 });
  expect(render({ fields: {} })).toEqual({ a: 1, b: 2 });
  expect(render({})).toEqual({ a: 1, b: 2 });
  expect(() => render({ fields: 'text' })).toThrow(TemplateError);
  expect(compile({ '...': { a: 1 } }).issues[0]).toMatchObject({ path: ['body', '...'] });
});

test('a key named __proto__ is a key', () => {
  const rendered = compile({ '...': '{{ fields }}' }).render({
    fields: JSON.parse('{"__proto__":{"admin":true}}') as JsonObject,
  });
  expect(JSON.stringify(rendered)).toBe('{"__proto__":{"admin":true}}');
  expect((rendered as { admin?: boolean }).admin).toBeUndefined();
});

test('empty members are left out where that was asked for', () => {
  const body = {
    a: '{{ outcomes.a | omit_empty }}',
    b: '{{ outcomes.b }}',
    c: { d: '{{ outcomes.d }}' },
    e: ['{{ outcomes.a }}'],
  };
  expect(compile(body).render({ outcomes: {} })).toEqual({ b: null, c: { d: null }, e: [null] });
  expect(compile(body, { omitEmpty: true }).render({ outcomes: {} })).toEqual({});
  expect(compile(body, { omitEmpty: true }).render({ outcomes: { d: 0 } })).toEqual({ c: { d: 0 } });
});

test('an item of a list whose every template came out empty is left out with its constants', () => {
  const { render } = compile(
    { phones: [{ value: '{{ contact.phone }}', primary: true }, { value: 5 }] },
    { omitEmpty: true },
  );
  expect(render({ contact: { phone: '+1' } })).toEqual({ phones: [{ value: '+1', primary: true }, { value: 5 }] });
  expect(render({ contact: {} })).toEqual({ phones: [{ value: 5 }] });
});

test('mistakes are told with their path', () => {
  expect(compile({ a: [{ b: '{{ call.stats }}' }] }).issues).toMatchObject([{ path: ['body', 'a', 0, 'b'] }]);
  expect(compile({ a: '{{ call.status | only_create }}' }).issues[0]?.message).toContain('belongs into `fields`');
});
