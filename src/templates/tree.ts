import type { JsonObject, JsonValue } from '../domain/json.ts';
import { compileTemplate, TemplateError, type Template, type TemplateSite } from './template.ts';
import { isEmpty } from './values.ts';

/** A JSON body with templates for leaves. */
export interface TemplateTree {
  render(scope: JsonObject): JsonValue;
}

export interface TreeOptions {
  /** Leaves out every member whose value is empty, at any depth. Default: only those marked `| omit_empty`. */
  readonly omitEmpty?: boolean;
}

/** The key whose value, one expression yielding an object, is merged into the object around it. */
const SPREAD = '...';
const OMITTED = Symbol('omitted');

type Render = (scope: JsonObject) => JsonValue | typeof OMITTED;

/**
 * Compiles a JSON body. Every text in it is a template, rendered by itself and never as a part of JSON text, so no value
 * can break out of its place. Keys are literal, except `"..."`: `{ "...": "{{ fields }}", "source": "hookline" }`; what
 * stands later wins. What is wrong goes to `site.issues`.
 */
export function compileTree(json: JsonValue, site: TemplateSite, options: TreeOptions = {}): TemplateTree {
  const render = compileValue(json, site, options.omitEmpty ?? false);
  return {
    render: (scope) => {
      const value = render(scope);
      return value === OMITTED ? null : value;
    },
  };
}

function compileValue(json: JsonValue, site: TemplateSite, omitEmpty: boolean): Render {
  if (typeof json === 'string') return compileLeaf(json, site, omitEmpty);
  if (Array.isArray(json)) return compileList(json as readonly JsonValue[], site, omitEmpty);
  if (typeof json === 'object' && json !== null) return compileObject(json as JsonObject, site, omitEmpty);
  return () => json;
}

function compileLeaf(source: string, site: TemplateSite, omitEmpty: boolean): Render {
  const template = compileTemplate(source, site);
  if (template.onlyCreate) {
    const message = `"${source}": "only_create" belongs into \`fields\`; a request body is either of create or of update`;
    site.issues.push({ path: site.path, message });
  }
  const omits = omitEmpty || template.omitEmpty;
  return (scope) => {
    const value = template.render(scope);
    return omits && isEmpty(value) ? OMITTED : value;
  };
}

function compileList(items: readonly JsonValue[], site: TemplateSite, omitEmpty: boolean): Render {
  const renders = items.map((item, index) => compileItem(item, below(site, index), omitEmpty));
  return (scope) => renders.map((render) => render(scope)).filter((value) => value !== OMITTED);
}

/** With `omitEmpty`, `{ value: "{{ contact.phone }}", primary: true }` is no item when there is no phone. */
function compileItem(item: JsonValue, site: TemplateSite, omitEmpty: boolean): Render {
  const render = compileValue(item, site, omitEmpty);
  if (!omitEmpty || typeof item !== 'object' || item === null || Array.isArray(item)) return render;
  const constants = Object.entries(item as JsonObject).filter(([, value]) => !isTemplated(value));
  if (constants.length === Object.keys(item).length) return render;
  const constantKeys = new Set(constants.map(([key]) => key));
  return (scope) => {
    const value = render(scope);
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    return keys.every((key) => constantKeys.has(key)) ? OMITTED : value;
  };
}

/** True when a text anywhere in it is more than a constant. */
export function isTemplated(json: JsonValue): boolean {
  if (typeof json === 'string') return json.includes('{{') || json.includes('{%');
  return typeof json === 'object' && json !== null && Object.values(json).some((value) => isTemplated(value));
}

function compileObject(object: JsonObject, site: TemplateSite, omitEmpty: boolean): Render {
  const members = Object.entries(object).map(([key, value]) =>
    key === SPREAD ? compileSpread(value, below(site, key)) : compileMember(key, value, { site, omitEmpty }),
  );
  return (scope) => Object.fromEntries(members.flatMap((entriesOf) => entriesOf(scope)));
}

type EntriesOf = (scope: JsonObject) => readonly (readonly [string, JsonValue])[];

function compileMember(
  key: string,
  value: JsonValue,
  { site, omitEmpty }: { readonly site: TemplateSite; readonly omitEmpty: boolean },
): EntriesOf {
  const render = compileValue(value, below(site, key), omitEmpty);
  return (scope) => {
    const rendered = render(scope);
    return rendered === OMITTED || (omitEmpty && isEmpty(rendered)) ? [] : [[key, rendered]];
  };
}

function compileSpread(value: JsonValue, site: TemplateSite): EntriesOf {
  if (typeof value !== 'string') {
    site.issues.push({ path: site.path, message: '"..." takes one expression that yields an object: "{{ fields }}"' });
    return () => [];
  }
  const template = compileTemplate(value, site);
  return (scope) => spreadEntries(template, template.render(scope));
}

function spreadEntries(template: Template, value: JsonValue): readonly (readonly [string, JsonValue])[] {
  if (isEmpty(value)) return [];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new TemplateError(`"..." takes an object, but "${template.source}" yields ${JSON.stringify(value)}`);
}

function below(site: TemplateSite, key: string | number): TemplateSite {
  return { ...site, path: [...site.path, key] };
}
