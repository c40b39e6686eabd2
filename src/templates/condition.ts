import { z } from 'zod';

import type { JsonObject } from '../domain/json.ts';
import { checkNodes } from './check.ts';
import { evaluate, parse, singleExpression } from './engine.ts';
import type { TemplateProblem } from './problem.ts';
import { reportProblems, withinLimits, type TemplateSite } from './template.ts';
import { isTrue } from './values.ts';

/** A condition as the operator writes it. */
export type ConditionConfig =
  | string
  | { readonly all: readonly ConditionConfig[] }
  | { readonly any: readonly ConditionConfig[] }
  | { readonly not: ConditionConfig };

/** `when: call.duration_s > 20`, or a tree of `all`, `any` and `not`. */
export const conditionSchema: z.ZodType<ConditionConfig> = z.lazy(() =>
  z.union([
    z.string().trim().min(1),
    z.strictObject({ all: z.array(conditionSchema).min(1) }),
    z.strictObject({ any: z.array(conditionSchema).min(1) }),
    z.strictObject({ not: conditionSchema }),
  ]),
);

export interface Condition {
  /** As one line, for the story of a call: `all(call.duration_s > 20, not(outcomes.spam))`. */
  readonly source: string;
  /** A bare value counts as `isTrue` says. Throws a `TemplateError` when a limit is passed. */
  evaluate(scope: JsonObject): boolean;
}

/** Compiles a condition; what is wrong goes to `site.issues`, and then the result must not be evaluated. */
export function compileCondition(config: ConditionConfig, site: TemplateSite): Condition {
  if (typeof config === 'string') return compileExpression(config.trim(), site);
  if ('not' in config) {
    const inner = compileCondition(config.not, below(site, 'not'));
    return { source: `not(${inner.source})`, evaluate: (scope) => !inner.evaluate(scope) };
  }
  const key = 'all' in config ? 'all' : 'any';
  const entries: readonly ConditionConfig[] = 'all' in config ? config.all : config.any;
  const parts = entries.map((entry, index) => compileCondition(entry, below(site, key, index)));
  return {
    source: `${key}(${parts.map(({ source }) => source).join(', ')})`,
    evaluate: (scope) =>
      key === 'all' ? parts.every((part) => part.evaluate(scope)) : parts.some((part) => part.evaluate(scope)),
  };
}

const OPEN = '{{ ';

function compileExpression(source: string, site: TemplateSite): Condition {
  if (source.includes('{{') || source.includes('{%')) {
    return invalidCondition(source, site, [
      { message: 'a condition is a bare expression: leave out the braces', line: 1, column: 1 },
    ]);
  }
  const parsed = parse(`${OPEN}${source} }}`);
  if (parsed.kind === 'invalid') return invalidCondition(source, site, [shifted(parsed.problem)]);
  const expression = singleExpression(parsed.nodes);
  if (expression === null) {
    return invalidCondition(source, site, [{ message: 'this is not one expression', line: 1, column: 1 }]);
  }
  const problems = checkNodes(parsed.nodes, site.known).map(shifted);
  if (problems.length > 0) return invalidCondition(source, site, problems);
  return { source, evaluate: (scope) => withinLimits(source, () => isTrue(evaluate(expression, scope))) };
}

/** Places are counted in what the operator wrote, without the braces put around it. */
function shifted(problem: TemplateProblem): TemplateProblem {
  return problem.line === 1 ? { ...problem, column: Math.max(1, problem.column - OPEN.length) } : problem;
}

function invalidCondition(source: string, site: TemplateSite, problems: readonly TemplateProblem[]): Condition {
  reportProblems(source, site, problems);
  return {
    source,
    evaluate: () => {
      throw new Error(`The condition "${source}" is invalid and must not be evaluated.`);
    },
  };
}

function below(site: TemplateSite, ...keys: readonly (string | number)[]): TemplateSite {
  return { ...site, path: [...site.path, ...keys] };
}
