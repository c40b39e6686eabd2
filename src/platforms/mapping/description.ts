import type { CallStatus } from '../../domain/call.ts';
import type { EventType } from '../../domain/event.ts';
import type { JsonValue } from '../../domain/json.ts';

/**
 * How bodies of one kind of sender read, as data: the built-in platforms are written in it, and an operator writes the
 * same under `platform: custom`. Paths: see `compilePath`.
 */
export interface Description {
  readonly event: EventDescription;
  readonly call_id: Paths;
  /** A delivery without call id becomes a call of its own instead of belonging to none. */
  readonly call_per_delivery?: boolean;
  /** Absent, or not found in a body: the hash of the body, behind `timestamp`. */
  readonly receipt_key?: Key;
  /** Absent: call id and event name. */
  readonly semantic_key?: Key;
  /** The platform's own time of the event. Another path makes other receipt keys (docs/decisions/0015). */
  readonly timestamp?: Paths;
  readonly fields: Fields;
  /** Times that are only near the truth. */
  readonly approximate?: readonly ('started_at' | 'ended_at')[];
  /** Events (the platform's names) whose call id is not the id the other events of their call carry. */
  readonly orphans?: readonly string[];
  /** After `call.ended` of an answered call a `call.analyzed` follows. */
  readonly analysis_follows?: boolean;
  /** Paths of no interest: everything else without a place is kept under `extra`. */
  readonly ignore?: readonly string[];
}

/** One path, or several tried in order. */
export type Paths = string | readonly string[];

export interface EventDescription {
  /** Where the event's name stands in the body. */
  readonly path?: Paths;
  /** A header with the event's name. With `path` too it is only compared: the body is signed, the header may not be. */
  readonly header?: string;
  /** The platform's names → canonical types. Names are compared in lower case, spaces as `_`. */
  readonly map?: Readonly<Record<string, EventType>>;
  /** The type of bodies that name no event, if they carry what `default_when` points at. */
  readonly default?: EventType;
  readonly default_when?: Paths;
  /** The platform's names → the status they imply when the body names none. */
  readonly status?: Readonly<Record<string, CallStatus>>;
  /** A true value here makes it `call.analyzed`. */
  readonly analyzed_when?: Paths;
}

/** A key from the body, a header, or several parts joined; parts that are missing are left out. */
export type Key = string | { readonly join: readonly KeyPart[] };
export type KeyPart = Paths | { readonly header: string } | { readonly body_hash: true };

/** Canonical field, or key of an object field (`contact.email`), → where its value comes from. */
export type Fields = Readonly<Record<string, FieldSource | readonly FieldSource[]>>;

/** One place a value may come from (a text with `{{` is a template over `body`); of several the first that has one counts. */
export type FieldSource = string | PathSource | ValueSource | EntriesSource | TurnsSource;

export interface PathSource {
  readonly path: string;
  /** Their value → ours; others pass as they are. */
  readonly map?: Readonly<Record<string, JsonValue>>;
  /** Durations only: what their number counts. */
  readonly unit?: 'ms' | 's' | 'min' | 'h';
  /** Money only: their number counts whole units, not hundredths. */
  readonly major?: boolean;
  /** Times only: IANA zone of times that carry none. */
  readonly zone?: string;
  /** Only in these events. */
  readonly on?: readonly EventType[];
}

/** The same value in every event, or in these. */
export interface ValueSource {
  readonly value: JsonValue;
  readonly on?: readonly EventType[];
}

/** An object made of lists of entries: `[{identifier: a, value: 1}]` → `{a: 1}`. */
export interface EntriesSource {
  readonly entries: Paths;
  readonly key: string;
  /** One path: the value itself. An object: several values under our names. */
  readonly value: string | Readonly<Record<string, string>>;
}

/** A transcript given as a list of turns. */
export interface TurnsSource {
  readonly turns: string;
  readonly speaker: string;
  readonly text: string;
  readonly at?: string;
  readonly at_s?: string;
  /** Their speaker → agent, customer or system, beyond the usual words. */
  readonly speakers?: Readonly<Record<string, 'agent' | 'customer' | 'system'>>;
}
