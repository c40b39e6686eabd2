import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { ConfigIssue } from '../shared/config-issue.ts';
import { checkNodes } from './check.ts';
import { evaluate, globalVariables, parse, renderText, singleExpression } from './engine.ts';
import type { KnownNames } from './known-names.ts';
import type { TemplateProblem } from './problem.ts';

/** Where a template stands, what it may see there, and who takes what is wrong with it. */
export interface TemplateSite {
  readonly known: KnownNames;
  /** Problems are added here; what was compiled must not be used if any were. */
  readonly issues: ConfigIssue[];
  /** Into the YAML document: `['integrations', 0, 'when']`. */
  readonly path: readonly (string | number)[];
}

/** A template, compiled once and rendered for every call. Text from outside is a value in it, never a part of it. */
export interface Template {
  readonly source: string;
  /** What it reads, dotted: `call.duration_s`. */
  readonly variables: readonly string[];
  /** Ends in `| omit_empty`: an empty result is to be left out, not written. */
  readonly omitEmpty: boolean;
  /** Ends in `| only_create`: for new records only. */
  readonly onlyCreate: boolean;
  /**
   * One expression alone keeps the type of its value (missing: null); anything else is a text, in which what is missing
   * is empty. Throws a `TemplateError` when a limit of time or size is passed.
   */
  render(scope: JsonObject): JsonValue;
}

/** Rendering went over a limit. No value of a field can cause anything else. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Compiles a template; what is wrong goes to `site.issues`, and then the result must not be rendered. */
export function compileTemplate(source: string, site: TemplateSite): Template {
  const parsed = parse(source);
  if (parsed.kind === 'invalid') return invalidTemplate(source, site, [parsed.problem]);
  const { nodes } = parsed;
  const expression = singleExpression(nodes);
  const marks = expression?.filters.map(({ name }) => name) ?? [];
  const problems = [...checkNodes(nodes, site.known), ...(expression === null ? misplacedMarks(source) : [])];
  if (problems.length > 0) return invalidTemplate(source, site, problems);
  return {
    source,
    variables: variableNames(nodes),
    omitEmpty: marks.includes('omit_empty'),
    onlyCreate: marks.includes('only_create'),
    render: (scope) =>
      withinLimits(source, () => (expression === null ? renderText(nodes, scope) : evaluate(expression, scope))),
  };
}

/** Runs a rendering; its only way to fail is a limit. */
export function withinLimits<Result>(source: string, render: () => Result): Result {
  try {
    return render();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateError(`The template ${quoteShort(source)} could not be rendered: ${reason}`, { cause: error });
  }
}

/** Adds problems of one template to the issues of the configuration. */
export function reportProblems(source: string, site: TemplateSite, problems: readonly TemplateProblem[]): void {
  for (const { message, line, column } of problems) {
    const place = source.includes('\n') ? `line ${line}, column ${column}` : `column ${column}`;
    site.issues.push({ path: site.path, message: `${quoteShort(source)}, ${place}: ${message}` });
  }
}

function invalidTemplate(source: string, site: TemplateSite, problems: readonly TemplateProblem[]): Template {
  reportProblems(source, site, problems);
  return {
    source,
    variables: [],
    omitEmpty: false,
    onlyCreate: false,
    render: () => {
      throw new Error(`The template ${quoteShort(source)} is invalid and must not be rendered.`);
    },
  };
}

function misplacedMarks(source: string): readonly TemplateProblem[] {
  const mark = /\{\{[^}]*\|\s*(omit_empty|only_create)\b/.exec(source);
  if (mark === null) return [];
  const message = `"${mark[1]}" works only in a template that is one expression`;
  return [{ message, line: source.slice(0, mark.index).split('\n').length, column: 1 }];
}

function variableNames(nodes: Parameters<typeof globalVariables>[0]): readonly string[] {
  return [...new Set(Object.values(globalVariables(nodes)).flatMap((found) => found.map(String)))].toSorted();
}

function quoteShort(source: string): string {
  return source.length > 120 ? `"${source.slice(0, 119)}…"` : `"${source}"`;
}
