import { readFileSync } from 'node:fs';

import type { ConfigIssue } from '../shared/config-issue.ts';
import { explainIssues, type LocatedIssue } from './explain-issues.ts';
import { interpolate, type References } from './interpolate.ts';
import { createJsonSchema } from './json-schema.ts';
import { configSchema, type Config } from './schema.ts';
import { parseYaml, type Position, type YamlSource } from './yaml-source.ts';

/** Something wrong in the file, ready to be shown: `config/hookline.yaml:12:5 …`. */
export interface ConfigProblem {
  readonly file: string;
  readonly position: Position;
  readonly message: string;
}

/** A config that fits the schema. Names in it are not resolved yet: see `compileConfig`. */
export interface LoadedConfig {
  readonly config: Config;
  readonly file: string;
  /** The document before `${…}` was filled in: no secrets in it. */
  readonly source: YamlSource;
}

export type LoadResult =
  | { readonly kind: 'ok'; readonly loaded: LoadedConfig }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** Reads, interpolates and validates the YAML file; every problem with file, line and column. */
export function loadConfig(file: string, references: References): LoadResult {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { kind: 'invalid', problems: [unreadable(file, error as NodeJS.ErrnoException)] };
  }
  return parseConfig(text, file, references);
}

/** `loadConfig` for a text at hand. */
export function parseConfig(text: string, file: string, references: References): LoadResult {
  const yaml = parseYaml(text);
  if (yaml.kind === 'invalid')
    return { kind: 'invalid', problems: yaml.problems.map((problem) => ({ file, ...problem })) };
  const issues: ConfigIssue[] = [];
  const value = interpolate(yaml.source.value, references, issues);
  const parsed = configSchema.safeParse(value);
  const found: readonly LocatedIssue[] = [
    ...issues,
    ...(parsed.success ? [] : explainIssues(parsed.error.issues, yaml.source.value, createJsonSchema())),
  ];
  if (found.length > 0 || !parsed.success) return { kind: 'invalid', problems: locate(found, file, yaml.source) };
  return { kind: 'ok', loaded: { config: parsed.data, file, source: yaml.source } };
}

/** Puts issues at their place in the file, in reading order, one per place and message. */
export function locate(issues: readonly LocatedIssue[], file: string, source: YamlSource): readonly ConfigProblem[] {
  const problems = issues.map((issue) => ({
    file,
    position: issue.atKey === true ? source.keyPosition(issue.path) : source.position(issue.path),
    message: issue.message,
  }));
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...unique.values()].toSorted(
    (left, right) => left.position.line - right.position.line || left.position.column - right.position.column,
  );
}

/** `config/hookline.yaml:12:5  unknown key "sorces". Did you mean "sources"?` */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.position.line}:${problem.position.column}  ${problem.message}`;
}

function unreadable(file: string, error: NodeJS.ErrnoException): ConfigProblem {
  const message =
    error.code === 'ENOENT'
      ? 'there is no such file. `npm run hookline -- init` writes one, or set HOOKLINE_CONFIG.'
      : `cannot be read (${error.code ?? error.message}).`;
  return { file, position: { line: 1, column: 1 }, message };
}
