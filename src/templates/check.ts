import { Value, type Template as Node, type Token } from 'liquidjs';

import { isZone } from '../shared/time.ts';
import { PHONE_STYLES } from '../shared/format-phone.ts';
import { unknownDirective } from '../shared/format-time.ts';
import { didYouMean } from '../shared/nearest.ts';
import { FILTERS, globalVariables } from './engine.ts';
import { checkName, type KnownNames } from './known-names.ts';
import { problemAt, type TemplateProblem } from './problem.ts';

type Filter = Value['filters'][number];

/** Everything that is wrong in a parsed template although its syntax is right. */
export function checkNodes(nodes: readonly Node[], known: KnownNames): readonly TemplateProblem[] {
  return [...unknownVariables(nodes, known), ...nodes.flatMap(checkNode)];
}

function unknownVariables(nodes: readonly Node[], known: KnownNames): readonly TemplateProblem[] {
  return Object.values(globalVariables(nodes))
    .flat()
    .flatMap(({ segments, location }) => {
      const firstDynamic = segments.findIndex((segment) => typeof segment === 'object');
      // Behind `call[x]` anything may stand.
      const path = (firstDynamic < 0 ? segments : segments.slice(0, firstDynamic)) as (string | number)[];
      const message = checkName(path, known);
      return message === null ? [] : [{ message, line: location.row, column: location.col }];
    });
}

function checkNode(node: Node): readonly TemplateProblem[] {
  const values = [...(node.arguments?.() ?? [])].filter((part) => part instanceof Value);
  return [...values.flatMap((value) => checkValue(value, node.token)), ...childrenOf(node).flatMap(checkNode)];
}

/** Partials, whose children would have to be waited for, do not exist here. */
function childrenOf(node: Node): readonly Node[] {
  const step = node.children?.(false, true).next();
  return step?.done === true ? step.value : [];
}

function checkValue({ initial, filters }: Value, token: Token): readonly TemplateProblem[] {
  const operators = initial.postfix.flatMap((part) => ('operator' in part ? [String(part.operator)] : []));
  const messages = [
    ...(isComplete(initial.postfix) ? [] : ['this is not one expression: an operator or a value is missing']),
    ...(operators.includes('and') && operators.includes('or')
      ? ['"and" mixed with "or" has no clear meaning here: in a condition use the keys "all" and "any"']
      : []),
    ...filters.flatMap((filter) => checkFilter(filter) ?? []),
  ];
  return messages.map((message) => problemAt(token, message));
}

/** The parser takes `a b` and `a ==`, and would silently use `a`. */
function isComplete(postfix: readonly Token[]): boolean {
  let values = 0;
  for (const token of postfix) {
    const needed = 'operator' in token ? (token.operator === 'not' ? 1 : 2) : 0;
    if (values < needed) return false;
    values += 1 - needed;
  }
  return values === 1;
}

function checkFilter({ name, args }: Filter): string | null {
  if (!FILTERS.includes(name)) return `the filter "${name}" does not exist.${didYouMean(name, FILTERS)}`;
  return (
    ARGUMENT_CHECKS[name]?.(
      args.map(literal),
      args.some((arg) => Array.isArray(arg)),
    ) ?? null
  );
}

type ArgumentCheck = (literals: readonly (string | null)[], hasNames: boolean) => string | null;

/** What can be known of arguments before there is a call. Null stands for an argument that is not a literal text. */
const ARGUMENT_CHECKS: Readonly<Record<string, ArgumentCheck>> = {
  date: ([format = null, zone = null]) => {
    const directive = format === null ? null : unknownDirective(format);
    if (directive !== null) return `the filter "date" does not know ${directive}`;
    return zone === null || isZone(zone) ? null : `"${zone}" is no time zone; write one like "Europe/Berlin"`;
  },
  phone: ([style = null]) =>
    style === null || PHONE_STYLES.some((known) => known === style)
      ? null
      : `"${style}" is no way to write a phone number.${didYouMean(style, PHONE_STYLES)}`,
  append: ({ length }) => (length === 1 ? null : 'the filter "append" takes one argument'),
  prepend: ({ length }) => (length === 1 ? null : 'the filter "prepend" takes one argument'),
  map: (_literals, hasNames) =>
    hasNames ? null : 'the filter "map" takes pairs: map: completed: "CONNECTED", else: "OTHER"',
};

function literal(arg: Filter['args'][number]): string | null {
  return !Array.isArray(arg) && 'content' in arg && typeof arg.content === 'string' ? arg.content : null;
}
