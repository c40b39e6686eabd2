import type { TranscriptTurn } from '../../domain/call.ts';
import type { EventType } from '../../domain/event.ts';
import type { JsonObject, JsonValue } from '../../domain/json.ts';
import { parseTime } from '../../shared/time.ts';
import { compileTemplate, TemplateError, type Template } from '../../templates/template.ts';
import { FORBIDDEN_KEYS, isObject } from '../read-body.ts';
import { isBlank, readText, type ConvertContext } from './convert.ts';
import type { EntriesSource, FieldSource, PathSource, TurnsSource, ValueSource } from './description.ts';
import { compilePath } from './path.ts';
import { compilePaths, firstValue, type Compilation } from './paths.ts';
import { fold, readSpeaker } from './words.ts';

export interface SourceInput {
  readonly record: JsonObject;
  readonly type: EventType;
  readonly receivedAtMs: number;
}

/** A place values come from, compiled. */
export interface CompiledSource {
  /** The value there as the sender wrote it; null when there is none in this event. */
  read(input: SourceInput): JsonValue;
  /** For the conversion that follows. */
  readonly source: ConvertContext['source'];
  /** The value in the sender's own words, before `map`; absent where the value is ours. */
  readRaw?(input: SourceInput): JsonValue;
}

/** Compiles one source of a field; what is wrong in it becomes an issue. */
export function compileSource(source: FieldSource, compilation: Compilation): CompiledSource {
  if (typeof source === 'string') {
    return source.includes('{{') ? templateSource(source, compilation) : pathSource({ path: source }, compilation);
  }
  if ('value' in source && !('entries' in source)) return valueSource(source);
  if ('entries' in source) return entriesSource(source, compilation);
  return 'turns' in source ? turnsSource(source, compilation) : pathSource(source, compilation);
}

function isOn(on: readonly EventType[] | undefined, type: EventType): boolean {
  return on === undefined || on.includes(type);
}

function valueSource({ value, on }: ValueSource): CompiledSource {
  return { source: {}, read: ({ type }) => (isOn(on, type) ? value : null) };
}

function pathSource(source: PathSource, compilation: Compilation): CompiledSource {
  const paths = compilePaths(source.path, compilation);
  const words = new Map(Object.entries(source.map ?? {}).map(([theirs, ours]) => [fold(theirs), ours]));
  const readRaw = ({ record, type }: SourceInput): JsonValue =>
    isOn(source.on, type) ? firstValue(paths, record) : null;
  return {
    source,
    readRaw,
    read: (input) => {
      const value = readRaw(input);
      if (words.size === 0 || typeof value === 'object') return value;
      return words.get(fold(String(value))) ?? value;
    },
  };
}

/** Templates see the body as `body`: `{{ body.first_name }} {{ body.last_name }}`. */
function templateSource(text: string, { issues, path, known }: Compilation): CompiledSource {
  const template = compileTemplate(text, { known: { body: 'open' }, issues, path });
  const read = template.variables.map((name) => compilePath(name.replace(/^body\.?/, '')));
  known.push(...read.filter((place) => typeof place !== 'string'));
  return { source: {}, read: ({ record }) => render(template, record) };
}

/** A body that makes a template too long says nothing here; the event is kept all the same. */
function render(template: Template, record: JsonObject): JsonValue {
  try {
    return template.render({ body: record });
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

type Getter = (value: JsonValue) => JsonValue;

/** Inner paths are read within an entry or a turn, so they account for nothing of the body themselves. */
function innerGetter(text: string | undefined, { issues, path }: Compilation): Getter {
  const compiled = text === undefined ? null : compilePath(text);
  if (typeof compiled === 'string') issues.push({ path, message: compiled });
  return compiled === null || typeof compiled === 'string' ? () => null : (value) => compiled.get(value);
}

function entriesSource(source: EntriesSource, compilation: Compilation): CompiledSource {
  const lists = compilePaths(source.entries, compilation);
  const getKey = innerGetter(source.key, compilation);
  const readEntry = entryReader(source.value, compilation);
  return {
    source: {},
    read: ({ record }) => {
      const entries = lists.flatMap((path) => asList(path.get(record)));
      const pairs = entries.map((entry) => [readText(getKey(entry)) ?? '', readEntry(entry)] as const);
      return Object.fromEntries(
        pairs.filter(([name, value]) => name !== '' && !FORBIDDEN_KEYS.has(name) && !isBlank(value)),
      );
    },
  };
}

function entryReader(value: EntriesSource['value'], compilation: Compilation): Getter {
  if (typeof value === 'string') return innerGetter(value, compilation);
  const getters = Object.entries(value).map(([name, text]) => [name, innerGetter(text, compilation)] as const);
  return (entry) => {
    const pairs = getters.map(([name, get]) => [name, get(entry)] as const);
    return Object.fromEntries(pairs.filter(([, inner]) => !isBlank(inner)));
  };
}

function turnsSource(source: TurnsSource, compilation: Compilation): CompiledSource {
  const [turns] = compilePaths(source.turns, compilation);
  const getters: TurnGetters = {
    speaker: innerGetter(source.speaker, compilation),
    text: innerGetter(source.text, compilation),
    at: innerGetter(source.at, compilation),
    at_s: innerGetter(source.at_s, compilation),
  };
  const speakers = new Map(Object.entries(source.speakers ?? {}).map(([word, speaker]) => [fold(word), speaker]));
  return {
    source: {},
    read: ({ record, receivedAtMs }) => {
      const list = asList(turns?.get(record) ?? null);
      return list.map((turn) => readTurn(turn, getters, { speakers, receivedAtMs })).filter((turn) => turn !== null);
    },
  };
}

interface TurnContext {
  readonly speakers: ReadonlyMap<string, TranscriptTurn['speaker']>;
  readonly receivedAtMs: number;
}

type TurnGetters = Readonly<Record<'speaker' | 'text' | 'at' | 'at_s', Getter>>;

function readTurn(turn: JsonValue, get: TurnGetters, { speakers, receivedAtMs }: TurnContext): JsonObject | null {
  const text = readText(get.text(turn));
  if (!isObject(turn) || text === null) return null;
  const word = readText(get.speaker(turn)) ?? '';
  const at = parseTime(get.at(turn), { nowMs: receivedAtMs });
  const seconds = get.at_s(turn);
  return {
    speaker: speakers.get(fold(word)) ?? readSpeaker(word),
    text,
    ...(at === null ? {} : { at }),
    ...(typeof seconds === 'number' ? { at_s: seconds } : {}),
  };
}

function asList(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
