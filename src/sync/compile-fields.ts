import type { RecordKind } from '../destinations/destination.ts';
import type { DefaultFields, StatusDefaults } from '../destinations/sync-defaults.ts';
import type { MappedField } from '../destinations/mapped-field.ts';
import type { JsonValue } from '../domain/json.ts';
import { pathName } from '../shared/config-issue.ts';
import { compileCondition, type ConditionConfig } from '../templates/condition.ts';
import { knownValues } from '../templates/known-values.ts';
import { compileTemplate, TemplateError, type TemplateSite } from '../templates/template.ts';
import { compileTree, isTemplated } from '../templates/tree.ts';
import type { CompiledField, Condition, Render, WritePolicy } from './compiled-sync.ts';
import type { DetailedField, FieldConfig, StatusConfig } from './schema.ts';

/** Fields of one record kind: what the destination type offers and what the operator wrote. */
export interface FieldsInput {
  readonly kind: RecordKind;
  readonly defaults: DefaultFields;
  readonly fields: Readonly<Record<string, FieldConfig>>;
  /** False where the destination cannot show a record of this kind. */
  readonly isReadable: boolean;
}

/** Compiles the fields; what the operator wrote replaces a default of the same name, null takes it out. */
export function compileFields(
  { kind, defaults, fields, isReadable }: FieldsInput,
  site: TemplateSite,
): readonly CompiledField[] {
  const untouched = Object.entries(defaults).filter(([name]) => !Object.hasOwn(fields, name));
  const own = Object.entries(fields).filter(([, config]) => config !== null);
  const compiled = own.map(([name, config]) => compileField(name, config, below(site, 'fields', name)));
  for (const { field, write } of compiled) {
    if (isReadable || !LOOKS_FIRST.includes(write)) continue;
    site.issues.push({
      path: [...site.path, 'fields', field, 'write'],
      message: `"${write}" needs to see the present value, and this destination cannot show a ${kind}. Write newer or overwrite.`,
    });
  }
  return [...untouched.map(([name, value]) => asDefault(compileField(name, withDetails(value), site))), ...compiled];
}

/** It stands nowhere in the config. */
function asDefault(field: CompiledField): CompiledField {
  return { ...field, mapped: { ...field.mapped, where: null } };
}

function withDetails(value: DefaultFields[string]): FieldConfig {
  return typeof value === 'string' ? value : { ...value, omit_empty: true };
}

const LOOKS_FIRST: readonly WritePolicy[] = ['fill_if_empty', 'append', 'max'];

function compileField(field: string, config: FieldConfig, site: TemplateSite): CompiledField {
  const details: DetailedField = isDetailed(config) ? config : { value: config, omit_empty: true };
  const valueSite = isDetailed(config) ? below(site, 'value') : site;
  const { render, onlyCreate, defaultWrite, known } = compileValue(details.value, valueSite);
  return {
    field,
    render,
    write: details.write ?? defaultWrite,
    when: details.when === undefined ? null : compileWhen(details.when, below(site, 'when')),
    onlyOn: details.only_on ?? (onlyCreate ? 'create' : null),
    omitEmpty: details.omit_empty,
    maxLength: details.max_length ?? null,
    mapped: { field, ...toldOf([known]), where: pathName(site.path) },
  };
}

function isDetailed(config: FieldConfig): config is DetailedField {
  return typeof config === 'object' && config !== null && !Array.isArray(config);
}

interface CompiledValue {
  readonly render: Render;
  readonly onlyCreate: boolean;
  readonly defaultWrite: WritePolicy;
  /** Null: it depends on the call. */
  readonly known: readonly JsonValue[] | null;
}

function toldOf(known: readonly CompiledValue['known'][]): Pick<MappedField, 'knownValues' | 'varies'> {
  return { knownValues: known.flatMap((values) => values ?? []), varies: known.includes(null) };
}

function compileValue(value: JsonValue, site: TemplateSite): CompiledValue {
  if (typeof value !== 'string') {
    const tree = compileTree(value, site, { omitEmpty: true });
    const known = isTemplated(value) ? null : [tree.render({})];
    return { render: safely((scope) => tree.render(scope)), onlyCreate: false, defaultWrite: 'newer', known };
  }
  const template = compileTemplate(value, site);
  // What the ledger counts is true now, whichever call asks: an older call must not be refused the greater number.
  const isHistory = template.variables.length > 0 && template.variables.every((name) => name.startsWith('history.'));
  return {
    render: safely((scope) => template.render(scope)),
    onlyCreate: template.onlyCreate,
    defaultWrite: isHistory ? 'overwrite' : 'newer',
    known: site.issues.length === 0 ? knownValues(template) : null,
  };
}

/** A text that becomes a value; not a field by itself. */
export function compileText(source: string, site: TemplateSite): Render {
  return compileValue(source, site).render;
}

export function compileWhen(config: ConditionConfig, site: TemplateSite): Condition {
  const condition = compileCondition(config, site);
  return (scope) => condition.evaluate(scope);
}

/** A template that meets a limit costs its field, not the whole call. */
function safely(render: (scope: Parameters<Render>[0]) => JsonValue): Render {
  return (scope) => {
    try {
      return { kind: 'value', value: render(scope) };
    } catch (error) {
      if (error instanceof TemplateError) return { kind: 'failed', reason: error.message };
      throw error;
    }
  };
}

/** The `status` block as one field; null when there is none. */
export function compileStatus(
  defaults: StatusDefaults | undefined,
  config: StatusConfig | false | undefined,
  site: TemplateSite,
): CompiledField | null {
  if (config === false || (config === undefined && defaults === undefined)) return null;
  const { field, rules, default: fallback } = { ...defaults, ...config };
  if (field === undefined) {
    site.issues.push({ path: site.path, message: 'status needs a field: this destination type has no usual one.' });
    return null;
  }
  const compiled = (rules ?? []).map(({ when, set }, index) => ({
    holds: compileWhen(when, below(site, 'rules', index, 'when')),
    value: compileValue(set, below(site, 'rules', index, 'set')),
  }));
  const otherwise = compileValue(fallback ?? null, below(site, 'default'));
  const render: Render = (scope) => {
    const rule = compiled.find(({ holds }) => holds(scope));
    return rule === undefined ? { ...otherwise.render(scope), isFallback: true } : rule.value.render(scope);
  };
  const told = toldOf([...compiled.map(({ value }) => value.known), otherwise.known]);
  const mapped = { field, ...told, where: config === undefined ? null : pathName(site.path) };
  return { field, render, write: 'newer', when: null, onlyOn: null, omitEmpty: true, maxLength: null, mapped };
}

function below(site: TemplateSite, ...keys: readonly (string | number)[]): TemplateSite {
  return { ...site, path: [...site.path, ...keys] };
}
