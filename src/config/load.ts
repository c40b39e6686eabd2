import { readFileSync } from 'node:fs';

import { pathName, type ConfigIssue } from '../shared/config-issue.ts';
import { explainIssues, type LocatedIssue } from './explain-issues.ts';
import { describeFileError } from './file-error.ts';
import { interpolate, type References } from './interpolate.ts';
import { createJsonSchema } from './json-schema.ts';
import { phrase } from './phrases.ts';
import { configSchema, type Config } from './schema.ts';
import { parseYaml, type Position, type YamlSource } from './yaml-source.ts';

/** Something wrong in the file, ready to be shown: `config/hookline.yaml:12:5 …`. */
export interface ConfigProblem {
  readonly file: string;
  readonly position: Position;
  /** Names the place and what would be right; holds no value that came from `${…}`. */
  readonly message: string;
}

/** Where problems are to be found, and what must not be shown when they are told. */
export interface ConfigOrigin {
  readonly file: string;
  /** The document before `${…}` was filled in: no secrets in it. */
  readonly source: YamlSource;
  /** What was filled in → the reference it came from. */
  readonly filled: ReadonlyMap<string, string>;
}

/** A config that fits the schema. Names in it are not resolved yet: see `compileConfig`. */
export interface LoadedConfig extends ConfigOrigin {
  readonly config: Config;
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
  const { source } = yaml;
  const issues: ConfigIssue[] = [];
  const { value, filled } = interpolate(source.value, references, issues);
  const parsed = configSchema.safeParse(value, { error: phrase });
  // What is wrong with a value that could not be filled in says nothing about the value.
  const places = new Set(issues.map(({ path }) => pathName(path)));
  const found = parsed.success ? [] : explainIssues(parsed.error.issues, source.value, createJsonSchema());
  const all = [...issues, ...found.filter(({ path }) => !places.has(pathName(path)))];
  if (all.length > 0 || !parsed.success) return { kind: 'invalid', problems: locate(all, { file, source, filled }) };
  return { kind: 'ok', loaded: { config: parsed.data, file, source, filled } };
}

/** Puts issues at their place in the file, in reading order, one per place and message. */
export function locate(issues: readonly LocatedIssue[], origin: ConfigOrigin): readonly ConfigProblem[] {
  const problems = issues.map((issue) => toProblem(issue, origin));
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...unique.values()].toSorted(
    (left, right) => left.position.line - right.position.line || left.position.column - right.position.column,
  );
}

function toProblem(
  { path, message, atKey = false }: LocatedIssue,
  { file, source, filled }: ConfigOrigin,
): ConfigProblem {
  const place = pathName(atKey ? path.slice(0, -1) : path);
  return {
    file,
    position: atKey ? source.keyPosition(path) : source.position(path),
    message: withReferences(place === '' ? message : `${place}: ${message}`, filled),
  };
}

/** Shorter values are words such as `US` or `true`, which stand in messages by themselves. */
const SHORTEST_SECRET = 6;

/** Puts `${NAME}` back where a message quotes what was filled in. */
function withReferences(message: string, filled: ReadonlyMap<string, string>): string {
  const secrets = [...filled].filter(([text]) => text.length >= SHORTEST_SECRET);
  const longestFirst = secrets.toSorted(([left], [right]) => right.length - left.length);
  return longestFirst.reduce((text, [secret, reference]) => text.replaceAll(secret, () => reference), message);
}

/** `config/hookline.yaml:12:5  sources.callab: unknown key "secretz". Did you mean "secrets"?` */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.position.line}:${problem.position.column}  ${problem.message}`;
}

function unreadable(file: string, error: NodeJS.ErrnoException): ConfigProblem {
  const hint = error.code === 'ENOENT' ? ' `npm run hookline -- init` writes one, or set HOOKLINE_CONFIG.' : '';
  return { file, position: { line: 1, column: 1 }, message: `${describeFileError(error)}.${hint}` };
}
