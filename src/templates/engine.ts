import {
  Context,
  filters,
  Liquid,
  LiquidError,
  Output,
  TokenKind,
  toValueSync,
  type Emitter,
  type Template as Node,
  type Value,
} from 'liquidjs';

import type { JsonObject, JsonValue } from '../domain/json.ts';
import { liquidFilters, OWN_FILTERS } from './filters.ts';
import { operators } from './operators.ts';
import { explainParseError, type TemplateProblem } from './problem.ts';
import { TAG_WORDS, TAGS } from './tags.ts';
import { toJson, toText } from './values.ts';

const FILTER_TABLE = { ...liquidFilters(filters), ...OWN_FILTERS };
export const FILTERS: readonly string[] = Object.keys(FILTER_TABLE);

const MAX_TEMPLATE_CHARACTERS = 20_000;
/** Characters of text and items of lists that one rendering may make, its result included. */
const MAX_RENDERED = 10_000_000;
/** Far above what any template without loops takes; a garbage collection must not trip it. */
const RENDER_TIMEOUT_MS = 2_000;

const engine = createEngine();

/** What parsing came to. */
export type Parsed =
  | { readonly kind: 'parsed'; readonly nodes: readonly Node[] }
  | { readonly kind: 'invalid'; readonly problem: TemplateProblem };

/** Parses; checks nothing but syntax. */
export function parse(source: string): Parsed {
  if (source.length > MAX_TEMPLATE_CHARACTERS) {
    const message = `${source.length} characters are too many for a template; the limit is ${MAX_TEMPLATE_CHARACTERS}`;
    return { kind: 'invalid', problem: { message, line: 1, column: 1 } };
  }
  try {
    return { kind: 'parsed', nodes: engine.parse(source) };
  } catch (error) {
    if (LiquidError.is(error)) return { kind: 'invalid', problem: explainParseError(error, source, TAG_WORDS) };
    throw new Error('The template parser failed in an unknown way.', { cause: error });
  }
}

/**
 * The value of a template that is one expression and nothing else; null when it is more than that. White space around it
 * does not count: block scalars of YAML end in a line break.
 */
export function singleExpression(nodes: readonly Node[]): Value | null {
  const [node, ...others] = nodes.filter(({ token }) => token.kind !== TokenKind.HTML || token.getText().trim() !== '');
  return others.length === 0 && node instanceof Output ? node.value : null;
}

/** The variables a template reads from outside, with their place. */
export function globalVariables(nodes: readonly Node[]): ReturnType<Liquid['analyzeSync']>['globals'] {
  return engine.analyzeSync([...nodes], { partials: false }).globals;
}

/** Renders to text. Throws when a limit is passed. */
export function renderText(nodes: readonly Node[], scope: JsonObject): string {
  const emitter = new TextEmitter();
  toValueSync(engine.renderer.renderTemplates([...nodes], createContext(scope), emitter));
  return emitter.buffer;
}

/** Evaluates an expression and keeps its type. Throws when a limit is passed. */
export function evaluate(value: Value, scope: JsonObject): JsonValue {
  return toJson(toValueSync(value.value(createContext(scope), false)));
}

function createContext(scope: JsonObject): Context {
  return new Context(scope, engine.options, { sync: true }, { liquid: engine });
}

/** Collects text, up to the limit. */
class TextEmitter implements Emitter {
  buffer = '';

  write(value: unknown): void {
    const text = toText(value);
    if (this.buffer.length + text.length > MAX_RENDERED) throw new Error('output limit exceeded');
    this.buffer += text;
  }
}

function createEngine(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    operators,
    // Filters are checked when a template is compiled, where the nearest name can be told.
    strictFilters: false,
    templates: {},
    renderLimit: RENDER_TIMEOUT_MS,
    memoryLimit: MAX_RENDERED,
  });
  for (const name of Object.keys(liquid.tags)) delete liquid.tags[name];
  for (const name of Object.keys(liquid.filters)) liquid.unregisterFilter(name);
  for (const [name, filter] of Object.entries(FILTER_TABLE)) liquid.registerFilter(name, filter);
  for (const [name, tag] of Object.entries(TAGS)) liquid.registerTag(name, tag);
  return liquid;
}
