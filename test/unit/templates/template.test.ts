import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import { knownNames, type KnownNames } from '../../../src/templates/known-names.ts';
import { compileTemplate, TemplateError, type Template } from '../../../src/templates/template.ts';

const PATH = ['integrations', 0, 'fields'];

function compile(source: string, known: KnownNames = knownNames()): { template: Template; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  return { template: compileTemplate(source, { known, issues, path: PATH }), issues };
}

function render(source: string, scope: JsonObject = {}): JsonValue {
  const { template, issues } = compile(source);
  expect(issues).toEqual([]);
  return template.render(scope);
}

function problemOf(source: string): string {
  const { issues } = compile(source);
  expect(issues).toHaveLength(1);
  expect(issues[0]?.path).toEqual(PATH);
  return issues[0]?.message ?? '';
}

describe('one expression keeps its type', () => {
  const scope = { outcomes: { yes: true, no: false, zero: 0, list: ['a'], object: { a: 1 }, nothing: null } };

  test.each([
    ['{{ outcomes.yes }}', true],
    ['{{ outcomes.no }}', false],
    ['{{outcomes.zero}}', 0],
    ['  {{ outcomes.list }}\n', ['a']],
    ['{{ outcomes.object }}', { a: 1 }],
    ['{{ outcomes["list"] }}', ['a']],
    ['{{ outcomes.list[0] }}', 'a'],
    ['{{ outcomes.nothing }}', null],
    ['{{ outcomes.missing }}', null],
    ['{{ outcomes.missing.deeper }}', null],
    ['{{ nil }}', null],
    ['{{ outcomes.zero == 0 }}', true],
    ['{{ "text" | divided_by: 0 }}', null],
  ])('%s', (source, value) => {
    expect(render(source, scope)).toEqual(value);
  });
});

describe('anything else is a text', () => {
  test.each([
    ['no braces', 'no braces'],
    ['{{ call.status }} ', 'completed'],
    ['a {{ outcomes.missing }} b', 'a  b'],
    ['{{ outcomes.yes }}{{ outcomes.zero }}', 'true0'],
    ['list: {{ outcomes.list }}', 'list: a, b'],
    ['object: {{ outcomes.object }}', 'object: {"a":1}'],
    ['{% if outcomes.yes %}yes{% else %}no{% endif %}', 'yes'],
    ['{% unless outcomes.list %}none{% elsif outcomes.yes %}some{% endunless %}', 'some'],
    ['{% if outcomes.empty %}yes{% else %}no{% endif %}', 'no'],
    ['{% case call.status %}{% when "completed" %}done{% else %}open{% endcase %}', 'done'],
    ['{% assign a = call.status | upcase %}{{ a }}', 'COMPLETED'],
    ['{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
  ])('%s', (source, text) => {
    const outcomes = { yes: true, zero: 0, list: ['a', 'b'], object: { a: 1 }, empty: '' };
    expect(render(source, { call: { status: 'completed' }, outcomes })).toBe(text);
  });
});

describe('mistakes are found when the config is loaded', () => {
  test.each([
    ['{{ call.durtion_s }}', 'Unknown variable "call.durtion_s". Did you mean "call.duration_s"?'],
    ['{{ cal.status }}', 'Unknown variable "cal.status". Did you mean "call"?'],
    [
      '{{ callr_number }}',
      'Did you mean "caller_number"? If it is a variable of your agent, write "variables.callr_number"',
    ],
    ['{{ call.status.name }}', '"call.status" has no parts'],
    ['{{ agent.mail }}', 'Unknown variable "agent.mail". Known: id, name, language'],
    ['{{ call.constructor }}', 'Unknown variable "call.constructor"'],
    ['{{ __proto__.x }}', 'Unknown variable "__proto__.x"'],
    ['{{ id }}', 'only in requests of a rest destination'],
    ['{{ call.status | upcas }}', 'the filter "upcas" does not exist. Did you mean "upcase"?'],
    ['{{ call.status = "x" }}', 'to compare, write "==" instead of "="'],
    ['{{ call.score && call.qualified }}', 'write "and" instead of "&&"'],
    ['{{ call.status upcase }}', 'an operator or a value is missing'],
    ['{{ call.score > }}', 'an operator or a value is missing'],
    ['{{ call.qualified and call.score or call.notes }}', '"and" mixed with "or"'],
    ['{% if call.qualified and call.score or call.notes %}x{% endif %}', '"and" mixed with "or"'],
    ['{% for x in call.tags %}{{ x }}{% endfor %}', 'the tag "for" is not available'],
    ['{% include "x" %}', 'the tag "include" is not available'],
    ['{% if call.score %}x', 'not closed'],
    ['{{ call.score', 'not closed'],
    ['{{ }}', 'invalid value expression'],
    ['{{ call.started_at | date: "%Y", "Europe/Berln" }}', '"Europe/Berln" is no time zone'],
    ['{{ call.started_at | date: "%Y-%q" }}', 'does not know %q'],
    ['{{ call.from_number | phone: "nation" }}', 'Did you mean "national"?'],
    ['{{ call.status | map: "DONE" }}', 'takes pairs'],
    ['x {{ call.status | omit_empty }}', '"omit_empty" works only in a template that is one expression'],
    ['x'.repeat(20_001), 'too many for a template'],
  ])('%s', (source, message) => {
    expect(problemOf(source)).toContain(message);
  });

  test('the place inside the template is told', () => {
    expect(problemOf('Hi {{ call.stats }}')).toContain('"Hi {{ call.stats }}", column 7:');
    expect(problemOf('Hi\n  {{ call.stats }}')).toContain('line 2, column 6');
  });

  test('every mistake is told, not only the first', () => {
    expect(compile('{{ call.stats }} {{ call.sumary | upcas }}').issues).toHaveLength(3);
  });

  test('what is invalid cannot be rendered by oversight', () => {
    expect(() => compile('{{ call.stats }}').template.render({})).toThrow('must not be rendered');
  });

  test('open data, dynamic variables and names of the place are taken', () => {
    const known = knownNames({ id: 'value', fields: 'open' });
    for (const source of [
      '{{ outcomes.any.thing }}',
      '{{ contact.x }}',
      '{{ plan }}',
      '{{ favourite_colour }}',
      '{{ id }}',
    ]) {
      expect(compile(source, known).issues).toEqual([]);
    }
    expect(compile('{{ call.tags.size }} {{ call.tags[0] }} {{ call[plan].x }}').issues).toEqual([]);
  });
});

test('where there are no variables of an agent, every unknown name is a mistake', () => {
  const known: KnownNames = { status: 'value', body: 'open' };
  expect(compile('{{ plan }}', known).issues[0]?.message).toContain('Unknown variable "plan". Known: status, body.');
  expect(compile('{{ body.plan }}', known).issues).toEqual([]);
});

test('what a template reads is told', () => {
  expect(compile('{{ call.status }} {{ outcomes["next step"] }} {{ call.status }}').template.variables).toEqual([
    'call.status',
    "outcomes['next step']",
  ]);
});

test('marks are read at compile time and change no value', () => {
  const { template } = compile('{{ call.notes | omit_empty | only_create }}');
  expect(template).toMatchObject({ omitEmpty: true, onlyCreate: true });
  expect(template.render({ call: { notes: 'x' } })).toBe('x');
  expect(compile('{{ call.notes }}').template).toMatchObject({ omitEmpty: false, onlyCreate: false });
});

describe('text from outside is never a template', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '{{ call.secret }}',
      '{% for i in (1..9999999) %}x{% endfor %}',
      '{% endraw %}{{ x }}',
      '}}{{',
      '{{',
      '"',
    ),
  );

  test('any text comes out as it went in, alone or inside a text', () => {
    const alone = compile('{{ outcomes.x }}').template;
    const inside = compile('<{{ outcomes.x }}>').template;
    const chosen = compile('{% if outcomes.x %}{{ outcomes.x }}{% else %}{{ outcomes.x }}{% endif %}').template;
    fc.assert(
      fc.property(hostile, (x) => {
        const scope = { outcomes: { x }, call: { secret: 'S' } };
        expect(alone.render(scope)).toBe(x);
        expect(inside.render(scope)).toBe(`<${x}>`);
        expect(chosen.render(scope)).toBe(x);
      }),
    );
  });

  test('any key of open data reads only what is really there', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'valueOf', 'then', 'next'),
    );
    const template = compile('{{ outcomes[plan] }}').template;
    fc.assert(
      fc.property(key, fc.boolean(), (name, present) => {
        fc.pre(!['size', 'first', 'last'].includes(name));
        const outcomes = Object.fromEntries(present ? [[name, 'there']] : []);
        expect(template.render({ outcomes, plan: name })).toBe(present ? 'there' : null);
      }),
    );
  });

  test('no path leads to a prototype', () => {
    for (const source of [
      '{{ outcomes.constructor }}',
      '{{ outcomes.__proto__ }}',
      '{{ outcomes.x.constructor }}',
      '{{ outcomes.list.map }}',
    ]) {
      expect(render(source, { outcomes: { x: 'text', list: [1] } })).toBeNull();
    }
  });
});

describe('limits', () => {
  test('a chain that doubles at every link is stopped', () => {
    const doubling = '{% assign a = a | append: a %}'.repeat(40);
    const { template } = compile(`{% assign a = "xxxxxxxxxx" %}${doubling}{{ a }}`);
    expect(() => template.render({})).toThrow(TemplateError);
  });

  test('so is an output that repeats a long text, and a chain of filters', () => {
    const outcomes = { x: '%"'.repeat(250_000) };
    expect(() => compile('{{ outcomes.x }} '.repeat(100)).template.render({ outcomes })).toThrow(TemplateError);
    expect(() => compile(`{{ outcomes.x ${'| json '.repeat(30)} }}`).template.render({ outcomes })).toThrow(
      TemplateError,
    );
  });
});
