import { defaultOperators, Drop, type Operators } from 'liquidjs';

import { isTrue, toText } from './values.ts';

type Compare = (left: unknown, right: unknown) => boolean;

/**
 * Liquid's operators where they would surprise: what is not known is neither less nor more than anything (in JavaScript
 * null < 20), `==` reads booleans and numbers out of texts ("true" == true, "5" == 5), and `and`, `or`, `not` take
 * values as conditions do.
 */
export const operators: Operators = {
  ...defaultOperators,
  '==': equals,
  '!=': (left: unknown, right: unknown) => !equals(left, right),
  '>': ordered(
    (left, right) => Number(left) > Number(right),
    (left, right) => left > right,
  ),
  '<': ordered(
    (left, right) => Number(left) < Number(right),
    (left, right) => left < right,
  ),
  '>=': ordered(
    (left, right) => Number(left) >= Number(right),
    (left, right) => left >= right,
  ),
  '<=': ordered(
    (left, right) => Number(left) <= Number(right),
    (left, right) => left <= right,
  ),
  contains,
  not: (value: unknown) => !isTrue(value),
  and: (left: unknown, right: unknown) => isTrue(left) && isTrue(right),
  or: (left: unknown, right: unknown) => isTrue(left) || isTrue(right),
};

function equals(left: unknown, right: unknown): boolean {
  if (left instanceof Drop || right instanceof Drop) return equalsDrop(left, right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equals(item, right[index]));
  }
  if (typeof left === typeof right) return left === right;
  return sameMeaning(left, right) || sameMeaning(right, left) || (isNothing(left) && isNothing(right));
}

/** `nil`, `empty` and `blank`: each knows what equals it, and answers through a generator that never waits. */
function equalsDrop(left: unknown, right: unknown): boolean {
  const drop = (left instanceof Drop ? left : right) as { equals(value: unknown): Generator<unknown, boolean> };
  const answer = drop.equals(left instanceof Drop ? right : left);
  let step = answer.next();
  while (step.done !== true) step = answer.next(step.value);
  return step.value;
}

function sameMeaning(value: unknown, text: unknown): boolean {
  if (typeof text !== 'string') return false;
  if (typeof value === 'boolean') return text.trim().toLowerCase() === String(value);
  return typeof value === 'number' && isNumeric(text) && Number(text) === value;
}

function ordered(asNumbers: Compare, asTexts: (left: string, right: string) => boolean): Compare {
  return (left, right) => {
    if (isNumeric(left) && isNumeric(right)) return asNumbers(left, right);
    return typeof left === 'string' && typeof right === 'string' && asTexts(left, right);
  };
}

function contains(left: unknown, right: unknown): boolean {
  if (isNothing(right)) return false;
  if (Array.isArray(left)) return left.some((item) => equals(item, right));
  return typeof left === 'string' && left.includes(toText(right));
}

function isNumeric(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}
