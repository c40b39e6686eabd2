import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { HttpRequest } from '../../shared/http-client.ts';
import { TemplateError } from '../../templates/template.ts';
import type { Compiler, IssuePath } from './compiler.ts';
import { asObject } from './read-path.ts';
import type { RequestConfig } from './schema.ts';

/** A request whose templates are compiled. */
export interface CompiledRequest {
  /** For reasons and findings, without any value in it: `POST /contacts/{{ id }}/notes`. */
  readonly label: string;
  /** True when the URL cannot be made without this variable. */
  needsInPath(variable: string): boolean;
  render(scope: JsonObject): RenderedRequest;
}

export type RenderedRequest =
  | {
      readonly kind: 'request';
      readonly request: HttpRequest;
      /** A parameter rendered to nothing: as a search it would ask for something else than meant. */
      readonly hasEmptyParameter: boolean;
    }
  /** It cannot be sent; the reason names the place, never the value. */
  | { readonly kind: 'unsendable'; readonly reason: string };

export interface RequestOptions {
  readonly config: RequestConfig;
  readonly path: IssuePath;
  readonly compiler: Compiler;
  readonly base: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  };
  /** What is sent when `body` is not written: the projected fields, or nothing. */
  readonly defaultBody: 'fields' | 'none';
}

type Part = (scope: JsonObject) => JsonValue;

class Unsendable extends Error {}

/** Compiles one configured request. What is wrong with its templates goes to the compiler's issues. */
export function compileRequest(options: RequestOptions): CompiledRequest {
  const { config, base } = options;
  const label = `${config.method} ${config.path}`;
  const urlPath = compilePath(options);
  const query = compileEach(config.query, 'query', options);
  const headers = compileEach(config.headers, 'headers', options);
  const body = compileBody(options);
  return {
    label,
    needsInPath: (variable) => new RegExp(`\\{\\{[^}]*\\b${variable}\\b`).test(config.path),
    render(scope) {
      try {
        const parameters = query.map(([name, part]) => [name, part(scope)] as const);
        const sent = parameters.filter(([, value]) => !isNothing(value));
        const url = `${base.url}${urlPath(scope)}${toQuery(sent)}`;
        const request = {
          method: config.method,
          url,
          ...payload(options, headers, body, scope),
          timeoutMs: base.timeoutMs,
        };
        return { kind: 'request', request, hasEmptyParameter: sent.length < parameters.length };
      } catch (error) {
        if (error instanceof Unsendable || error instanceof TemplateError)
          return { kind: 'unsendable', reason: `${label}: ${error.message}` };
        throw error;
      }
    },
  };
}

/**
 * Values in a path are encoded whole, so that a `/` or `?` in them stays a character. `.` and `..` are dots however they
 * are encoded (WHATWG URL 4.1), so they are not sent at all; nor is a path with a hole in it.
 */
function compilePath({ config, path, compiler }: RequestOptions): (scope: JsonObject) => string {
  const segments = splitSegments(config.path).map((segment): Part => {
    if (!isTemplate(segment)) return () => segment;
    const template = compiler.text(segment, [...path, 'path']);
    return (scope) => encodeSegment(segment, toText(template(scope)));
  });
  return (scope) => segments.map((segment) => `/${toText(segment(scope))}`).join('');
}

function encodeSegment(source: string, text: string): string {
  if (text.trim() === '') throw new Unsendable(`${source} in the path is empty`);
  if (text === '.' || text === '..')
    throw new Unsendable(`${source} in the path is "${text}", which would lead elsewhere`);
  return encodeURIComponent(text.toWellFormed());
}

/** Splits at slashes outside of `{{ … }}` and `{% … %}`; the first, empty part is dropped. */
function splitSegments(path: string): string[] {
  return (path.slice(1).match(/(?:\{\{.*?\}\}|\{%.*?%\}|[^/])*(?:\/|$)/g) ?? [])
    .map((segment) => segment.replace(/\/$/, ''))
    .filter((segment, index, all) => segment !== '' || index < all.length - 1);
}

function compileEach(
  values: Readonly<Record<string, string | number | boolean>>,
  place: string,
  { path, compiler }: RequestOptions,
): readonly (readonly [name: string, part: Part])[] {
  return Object.entries(values).map(([name, value]) => {
    if (typeof value !== 'string' || !isTemplate(value)) return [name, () => value] as const;
    return [name, compiler.text(value, [...path, place, name])] as const;
  });
}

function compileBody({ config, path, compiler, defaultBody }: RequestOptions): Part | null {
  if (config.body !== undefined) return compiler.tree(config.body, [...path, 'body']);
  if (defaultBody === 'none' || config.method === 'GET' || config.method === 'DELETE') return null;
  return (scope) => scope['fields'] ?? {};
}

function payload(
  { config, base }: RequestOptions,
  headers: readonly (readonly [name: string, part: Part])[],
  body: Part | null,
  scope: JsonObject,
): Pick<HttpRequest, 'headers' | 'body'> {
  const type = config.encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const all = new Headers(base.headers, body === null ? {} : { 'Content-Type': type });
  for (const [name, part] of headers) all.set(name, toText(part(scope)));
  if (body === null) return { headers: all.toObject(), body: null };
  const value = body(scope);
  return { headers: all.toObject(), body: config.encoding === 'json' ? JSON.stringify(value) : toForm(value) };
}

/** Header names do not tell upper from lower case; the last value stands. */
class Headers {
  readonly #lines = new Map<string, readonly [name: string, value: string]>();

  constructor(...sources: readonly Readonly<Record<string, string>>[]) {
    for (const source of sources) for (const [name, value] of Object.entries(source)) this.set(name, value);
  }

  set(name: string, value: string): void {
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) {
      throw new Unsendable(`the value of header ${name} holds a line break or a character that no header may carry`);
    }
    if (value === '') this.#lines.delete(name.toLowerCase());
    else this.#lines.set(name.toLowerCase(), [name, value]);
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.#lines.values());
  }
}

function toQuery(parameters: readonly (readonly [name: string, value: JsonValue])[]): string {
  const encode = (text: string): string => encodeURIComponent(text.toWellFormed());
  const pairs = parameters.map(([name, value]) => `${encode(name)}=${encode(toText(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Lists and objects inside a form go as JSON text. */
function toForm(value: JsonValue): string {
  const form = new URLSearchParams();
  for (const [name, item] of Object.entries(asObject(value) ?? {})) if (item !== null) form.set(name, toText(item));
  return form.toString();
}

function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

function isNothing(value: JsonValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

function toText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
