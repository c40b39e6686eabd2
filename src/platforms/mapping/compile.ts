import type { EventType } from '../../domain/event.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { ConfigIssue } from '../../shared/config-issue.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { CONVERSIONS, OBJECT_FIELDS, type FieldName, type ObjectField } from './convert.ts';
import type { Description, Fields, FieldSource, Key, KeyPart, Paths } from './description.ts';
import type { Path } from './path.ts';
import { compilePaths, type Compilation } from './paths.ts';
import { compileSource, type CompiledSource } from './sources.ts';
import { fold } from './words.ts';

/** Where a value goes: a whole field, or one key of an object field. */
export type Target =
  | { readonly kind: 'field'; readonly field: FieldName | 'transcript_turns' }
  | { readonly kind: 'key'; readonly field: ObjectField; readonly key: string };

export interface CompiledField {
  readonly target: Target;
  readonly sources: readonly CompiledSource[];
}

export type CompiledKeyPart =
  | { readonly kind: 'paths'; readonly paths: readonly Path[] }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'body_hash' };

/** A description with its paths compiled, ready to read bodies. */
export interface CompiledDescription {
  readonly description: Description;
  readonly eventName: readonly Path[];
  /** Lower case. */
  readonly eventHeader: string | null;
  readonly eventTypes: ReadonlyMap<string, EventType>;
  readonly eventStatus: ReadonlyMap<string, JsonValue>;
  readonly defaultWhen: readonly Path[];
  readonly analyzedWhen: readonly Path[];
  readonly callId: readonly Path[];
  readonly receiptKey: readonly CompiledKeyPart[];
  readonly semanticKey: readonly CompiledKeyPart[];
  readonly timestamp: readonly Path[];
  /** Whole fields before keys of them, so that a key refines what the whole brought. */
  readonly fields: readonly CompiledField[];
  readonly orphans: ReadonlySet<string>;
  /** Every place of a body that something above reads. */
  readonly known: readonly Path[];
}

/** Compiles a description; what is wrong in it is added to `issues` under `path`. */
export function compileDescription(
  description: Description,
  issues: ConfigIssue[],
  path: ConfigIssue['path'],
): CompiledDescription {
  const known: Path[] = [];
  const compile: CompilePaths = (paths, ...place) => compilePaths(paths, { issues, path: [...path, ...place], known });
  const { event } = description;
  compile(description.ignore, 'ignore');
  return {
    description,
    eventName: compile(event.path, 'event', 'path'),
    eventHeader: event.header?.toLowerCase() ?? null,
    eventTypes: new Map(Object.entries(event.map ?? {}).map(([name, type]) => [fold(name), type])),
    eventStatus: new Map(Object.entries(event.status ?? {}).map(([name, status]) => [fold(name), status])),
    defaultWhen: compile(event.default_when, 'event', 'default_when'),
    analyzedWhen: compile(event.analyzed_when, 'event', 'analyzed_when'),
    callId: compile(description.call_id, 'call_id'),
    receiptKey: compileKey(description.receipt_key, (paths) => compile(paths, 'receipt_key')),
    semanticKey: compileKey(description.semantic_key, (paths) => compile(paths, 'semantic_key')),
    timestamp: compile(description.timestamp, 'timestamp'),
    fields: compileFields(description.fields, { issues, path: [...path, 'fields'], known }),
    orphans: new Set((description.orphans ?? []).map(fold)),
    known,
  };
}

type CompilePaths = (paths: Paths | undefined, ...place: readonly string[]) => readonly Path[];

function compileKey(key: Key | undefined, compile: (paths: Paths) => readonly Path[]): readonly CompiledKeyPart[] {
  if (key === undefined) return [];
  const parts: readonly KeyPart[] = typeof key === 'string' ? [key] : key.join;
  return parts.map((part): CompiledKeyPart => {
    if (typeof part === 'string' || Array.isArray(part)) return { kind: 'paths', paths: compile(part as Paths) };
    return 'header' in part ? { kind: 'header', name: part.header.toLowerCase() } : { kind: 'body_hash' };
  });
}

function compileFields(fields: Fields, { issues, path, known }: Compilation): readonly CompiledField[] {
  const compiled: CompiledField[] = [];
  for (const [name, source] of Object.entries(fields)) {
    const here = { issues, path: [...path, name], known };
    const target = readTarget(name);
    const sources: readonly FieldSource[] = Array.isArray(source) ? source : [source as FieldSource];
    if (target === null) issues.push({ path: here.path, message: unknownField(name) });
    else compiled.push({ target, sources: sources.map((one) => compileSource(one, here)) });
  }
  return compiled.toSorted((left, right) => order(left) - order(right));
}

function order({ target }: CompiledField): number {
  return target.kind === 'field' ? 0 : 1;
}

const FIELD_NAMES: readonly string[] = [...Object.keys(CONVERSIONS), 'transcript_turns'];

function readTarget(name: string): Target | null {
  if (FIELD_NAMES.includes(name)) return { kind: 'field', field: name as FieldName };
  const [, field = '', key = ''] = /^([a-z_]+)\.(.+)$/.exec(name) ?? [];
  const objectField = OBJECT_FIELDS.find((known) => known === field);
  return objectField === undefined ? null : { kind: 'key', field: objectField, key };
}

function unknownField(name: string): string {
  return `"${name}" is not a field of a call.${didYouMean(name, FIELD_NAMES)} Keys can be set under ${OBJECT_FIELDS.join(', ')}, as in contact.email.`;
}
