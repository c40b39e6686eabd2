import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { JsonObject } from '../../../src/domain/json.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import {
  compileCondition,
  conditionSchema,
  type Condition,
  type ConditionConfig,
} from '../../../src/templates/condition.ts';
import { knownNames } from '../../../src/templates/known-names.ts';

function compile(config: ConditionConfig): { condition: Condition; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  return { condition: compileCondition(config, { known: knownNames(), issues, path: ['when'] }), issues };
}

function holds(config: ConditionConfig, scope: JsonObject): boolean {
  const { condition, issues } = compile(config);
  expect(issues).toEqual([]);
  return condition.evaluate(scope);
}

const SCOPE: JsonObject = {
  call: { duration_s: 42, status: 'completed', tags: ['hot', 'vip'], summary: 'Wants a demo', score: null },
  outcomes: {
    interested: true,
    text_true: 'True',
    text_false: 'false',
    five: '5',
    no: false,
    empty: '',
    list: [],
    zero: 0,
  },
};

describe('expressions', () => {
  test.each([
    ['call.duration_s > 20', true],
    ['call.duration_s > 42', false],
    ['call.duration_s >= 42 and call.status == "completed"', true],
    ['call.status == "busy" or call.status == "completed"', true],
    ['call.status != "completed"', false],
    ['call.tags contains "vip"', true],
    ['call.tags contains "vi"', false],
    ['call.summary contains "demo"', true],
    ['call.summary contains outcomes.missing', false],
    ['outcomes.interested == true', true],
    ['outcomes.interested == false', false],
    ['outcomes.text_true == true', true],
    ['outcomes.text_false == false', true],
    ['outcomes.five == 5', true],
    ['outcomes.five > 4', true],
    ['outcomes.missing == nil', true],
    ['outcomes.interested == nil', false],
    ['outcomes.list == empty', true],
    ['outcomes.missing == true', false],
    ['outcomes.missing == false', false],
    ['not outcomes.empty', true],
    ['call.tags.size == 2', true],
    ['outcomes.interested and outcomes.empty', false],
  ])('%s is %s', (source, expected) => {
    expect(holds(source, SCOPE)).toBe(expected);
  });

  test('what is not known is neither less nor more than anything', () => {
    for (const operator of ['<', '<=', '>', '>=']) {
      expect(holds(`call.score ${operator} 20`, SCOPE)).toBe(false);
      expect(holds(`20 ${operator} outcomes.missing`, SCOPE)).toBe(false);
    }
  });
});

test('no operator fails on any data', () => {
  const operators = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'and', 'or'];
  const conditions = operators.map((operator) => compile(`outcomes.x ${operator} outcomes.y`).condition);
  const hostile = fc.oneof(fc.jsonValue(), fc.constant({ toString: 1, valueOf: 1, equals: 1, gt: 1 }));
  fc.assert(
    fc.property(hostile, hostile, (x, y) => {
      const scope = { outcomes: { x, y } as JsonObject };
      const [equal, unequal] = conditions.map((condition) => condition.evaluate(scope));
      expect(equal).toBe(!unequal);
    }),
  );
});

describe('bare values', () => {
  test.each(['call.status', 'outcomes.interested', 'outcomes.zero', 'call.tags', 'outcomes.text_true'])(
    '%s holds',
    (source) => {
      expect(holds(source, SCOPE)).toBe(true);
    },
  );

  test.each([
    'outcomes.no',
    'outcomes.empty',
    'outcomes.list',
    'outcomes.missing',
    'call.score',
    'outcomes.text_false',
  ])('%s does not hold', (source) => {
    expect(holds(source, SCOPE)).toBe(false);
  });
});

test('trees of all, any and not', () => {
  const tree = { all: ['call.duration_s > 20', { any: ['outcomes.no', { not: 'outcomes.empty' }] }] };
  expect(holds(tree, SCOPE)).toBe(true);
  expect(holds({ all: ['call.duration_s > 20', 'outcomes.no'] }, SCOPE)).toBe(false);
  expect(holds({ any: ['call.duration_s > 99', 'outcomes.no'] }, SCOPE)).toBe(false);
  expect(compile(tree).condition.source).toBe('all(call.duration_s > 20, any(outcomes.no, not(outcomes.empty)))');
});

describe('mistakes', () => {
  test.each([
    ['call.a and call.b or call.c', 'use the keys "all" and "any"'],
    ['call.status = "completed"', 'to compare, write "==" instead of "="'],
    ['call.durtion_s > 20', 'column 1: Unknown variable "call.durtion_s". Did you mean "call.duration_s"?'],
    ['call.duration_s > 20 and call.stats == "x"', 'column 26: Unknown variable "call.stats"'],
    ['{{ call.duration_s > 20 }}', 'leave out the braces'],
    ['call.duration_s > 20 }} x {{ call.status', 'leave out the braces'],
    ['call.duration_s > 20 }} x', 'not one expression'],
    ['call.duration_s 20', 'an operator or a value is missing'],
    ['call.duration_s >', 'an operator or a value is missing'],
  ])('%s', (source, message) => {
    const { condition, issues } = compile(source);
    expect(issues.map((issue) => issue.message).join('\n')).toContain(message);
    expect(() => condition.evaluate(SCOPE)).toThrow('must not be evaluated');
  });

  test('their path leads to the branch of the tree', () => {
    expect(compile({ all: ['call.status', { not: 'call.stats' }] }).issues[0]?.path).toEqual(['when', 'all', 1, 'not']);
  });
});

test('the schema takes expressions and trees and nothing else', () => {
  for (const good of ['call.status', { all: ['a', { any: ['b'] }] }, { not: { all: ['a'] } }]) {
    expect(conditionSchema.parse(good)).toEqual(good);
  }
  for (const bad of ['', true, { all: [] }, { all: ['a'], any: ['b'] }, { none: ['a'] }, ['a']]) {
    expect(conditionSchema.safeParse(bad).success).toBe(false);
  }
});
