import type { RecordKind } from '../destination.ts';
import { compileRequest, type CompiledRequest, type RequestOptions } from './compile-request.ts';
import type { Compiler, IssuePath, Test } from './compiler.ts';
import { inferLookupKey } from './infer-lookup-key.ts';
import { parsePath, type Path } from './read-path.ts';
import type { KindConfig, LookupConfig, RequestConfig, Strategy, UnknownOutcome } from './schema.ts';

export interface CompiledLookup {
  readonly by: NonNullable<LookupConfig['by']>;
  readonly request: CompiledRequest;
  readonly records: Path;
  readonly found: Test | null;
  readonly id: readonly Path[];
  readonly fields: Path;
  readonly phones: readonly Path[];
  readonly createdAt: readonly Path[];
  readonly none: Test | null;
}

/** How one kind of record is kept in this CRM. */
export interface CompiledKind {
  readonly kind: RecordKind;
  readonly strategy: Strategy;
  readonly lookups: readonly CompiledLookup[];
  readonly create: CompiledRequest | null;
  readonly update: CompiledRequest | null;
  readonly put: CompiledRequest | null;
  readonly upsert: CompiledRequest | null;
  readonly read: { readonly request: CompiledRequest; readonly record: Path; readonly fields: Path } | null;
  readonly success: Test | null;
  readonly id: readonly (Path | '$location')[];
  readonly created: Test | null;
  readonly conflict: { readonly when: Test; readonly id: readonly Path[] | null };
  readonly ambiguous: KindConfig['ambiguous'];
  readonly unknownOutcome: UnknownOutcome;
  readonly indexLagMs: number;
  /** True when its URL needs the contact's id. */
  readonly needsContact: boolean;
}

export interface KindOptions {
  readonly kind: RecordKind;
  readonly config: KindConfig;
  readonly path: IssuePath;
  readonly compiler: Compiler;
  readonly base: RequestOptions['base'];
}

/** Compiles one kind; what does not fit together goes to the compiler's issues. */
export function compileKind(options: KindOptions): CompiledKind {
  const { kind, config, compiler, path } = options;
  const request = (name: 'create' | 'update' | 'put' | 'upsert'): CompiledRequest | null =>
    compileOptional(options, config[name], [...path, name]);
  const [create, update, put, upsert] = [request('create'), request('update'), request('put'), request('upsert')];
  const test = (name: 'success' | 'created'): Test | null =>
    config[name] === undefined ? null : compiler.test(config[name], [...path, name]);
  return {
    kind,
    strategy: config.strategy,
    lookups: config.lookup.map((lookup, index) => compileLookup(options, lookup, [...path, 'lookup', index])),
    create,
    update,
    put,
    upsert,
    read: compileRead(options),
    success: test('success'),
    id: config.id.map((text) => (text === '$location' ? text : toPath(text))),
    created: test('created'),
    conflict: {
      when: compiler.test(config.conflict.when ?? 'status == 409', [...path, 'conflict', 'when']),
      id: config.conflict.id?.map(toPath) ?? null,
    },
    ambiguous: config.ambiguous,
    unknownOutcome: config.unknown_outcome ?? defaultUnknownOutcome(config),
    indexLagMs: config.index_lag,
    needsContact: [create, put, upsert].some((compiled) => compiled?.needsInPath('contact_id') === true),
  };
}

function compileOptional(
  options: KindOptions,
  config: RequestConfig | undefined,
  path: IssuePath,
): CompiledRequest | null {
  if (config === undefined) return null;
  const { compiler, base } = options;
  return compileRequest({ config, path, compiler, base, defaultBody: 'fields' });
}

function compileRead({ config, path, compiler, base }: KindOptions): CompiledKind['read'] {
  if (config.read === undefined) return null;
  const { record, fields, ...request } = config.read;
  const options = { config: request, path: [...path, 'read'], compiler, base, defaultBody: 'none' } as const;
  return { request: compileRequest(options), record: toPath(record), fields: toPath(fields) };
}

function compileLookup({ kind, compiler, base }: KindOptions, config: LookupConfig, path: IssuePath): CompiledLookup {
  const by = config.by ?? (kind === 'contact' ? inferLookupKey(config) : 'key');
  if (by === null) {
    compiler.issues.push({
      path,
      message: 'It is not clear what this looks for. Write `by: phone`, `by: email`, `by: external_id` or `by: key`.',
    });
  }
  const test = (name: 'found' | 'none'): Test | null =>
    config[name] === undefined
      ? null
      : compiler.test(config[name], [...path, name], name === 'found' ? 'record' : 'answer');
  return {
    by: by ?? 'key',
    request: compileRequest({ config, path, compiler, base, defaultBody: 'none' }),
    records: toPath(config.records),
    found: test('found'),
    id: config.id.map(toPath),
    fields: toPath(config.fields),
    phones: config.phones.map(toPath),
    createdAt: config.created_at.map(toPath),
    none: test('none'),
  };
}

function defaultUnknownOutcome({ strategy, lookup }: KindConfig): UnknownOutcome {
  if (strategy === 'put' || strategy === 'upsert') return 'safe_to_retry';
  return lookup.length > 0 ? 'verify_then_retry' : 'never';
}

/** The schema let only readable paths pass. */
function toPath(text: string): Path {
  const path = parsePath(text);
  if (path === null) throw new Error(`The path ${JSON.stringify(text)} cannot be read.`);
  return path;
}
