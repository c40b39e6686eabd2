import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Urgency } from '../domain/urgency.ts';
import type { HttpClient, HttpOutcome, HttpRequest, HttpResponse } from '../shared/http-client.ts';
import type { Continuation } from './continuation.ts';
import type { MappedField } from './mapped-field.ts';
import type { LimitNews, Rate } from './rate.ts';
import type { SetupOptions, SetupStep } from './setup.ts';
import type { SyncDefaults } from './sync-defaults.ts';

/** What Hookline keeps in a CRM. A `note` carries on what did not fit into the record of a call. */
export type RecordKind = 'contact' | 'call' | 'task' | 'note';

export type Fields = Readonly<Record<string, JsonValue>>;

/**
 * Why a destination did not do as asked. A destination classifies and never sleeps or retries.
 *
 * - `retry`: a passing fault, and nothing was written (429, 503, connection refused)
 * - `unknown`: the request was sent and its fate is not known (timeout, reset, 5xx after send): look before writing again
 * - `rejected`: the CRM said no and will say no again
 * - `paused`: the whole destination cannot be used (bad credentials, daily quota); everything for it is held
 * - `gone`: the record was deleted or merged away: resolve again, once
 */
export type Failure =
  | { readonly kind: 'retry'; readonly reason: string; readonly notBeforeMs?: number; readonly hint?: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly hint?: string }
  | { readonly kind: 'rejected'; readonly reason: string; readonly hint?: string }
  | { readonly kind: 'paused'; readonly reason: string; readonly untilMs?: number; readonly hint?: string }
  | { readonly kind: 'gone'; readonly reason: string };

export type Result<Value> = { readonly kind: 'ok'; readonly value: Value } | Failure;

/** A person to look for; phones are E.164. */
export interface ContactQuery {
  readonly by: 'external_id' | 'phone' | 'email';
  readonly value: string;
  /** True: nobody is made if nobody is found, so the CRM gets no other chance to say whose it is. */
  readonly isLast?: boolean;
}

/** A record as the CRM shows it. */
export interface FoundRecord {
  readonly id: string;
  /** Current values, as far as the answer told them; the names are the CRM's. */
  readonly fields: Fields;
  /** True for a company: whoever else is named by the call goes before it. */
  readonly isCompany?: boolean;
  /** E.164 numbers of this record, for checking that a hit is a hit; null when the answer does not tell. */
  readonly phones: readonly string[] | null;
  /** ISO 8601, for `newest`/`oldest`; null when the answer does not tell. */
  readonly createdAt: string | null;
}

/** One record to be written. */
export interface RecordWrite {
  readonly kind: RecordKind;
  /** Stable over retries: the call's key for calls, the person's for contacts, call + action for tasks, call + number for notes. */
  readonly key: string;
  /** Other keys under which a contact may have been made: whatever else the person is known by. Absent: none. */
  readonly aliases?: readonly string[];
  /** The CRM's id when known: then this is an update. */
  readonly id: string | null;
  /** Fields to write, CRM names → values. On create all projected fields, on update the changed ones. */
  readonly fields: Fields;
  /** All projected fields, changed or not: for APIs that can only replace a record whole (PUT). */
  readonly allFields: Fields;
  /**
   * In `recover`: when the create of unknown fate was about to be sent (epoch ms), so that a search index that lags
   * behind is given its time. Null when there was none.
   */
  readonly attemptedAtMs: number | null;
  /** The CRM id of the person a call, task or note belongs to. */
  readonly contactId: string | null;
  /** False when it is known to hang on that contact already: nothing needs to be attached. */
  readonly attach: boolean;
  /** What the templates of a request may see (call, contact, outcomes, …). */
  readonly scope: JsonObject;
}

/** In a preview a write was recorded instead of sent; passed through from `RequestContext.send`. */
export interface Planned {
  readonly kind: 'planned';
  /** Of a write: what would come out otherwise than asked. */
  readonly notes?: readonly FieldNote[];
}

/** On a create: it is there already, as this record. Nothing was written; it is to be updated, as any record that was found. */
export interface AlreadyThere {
  readonly kind: 'exists';
  readonly record: FoundRecord;
}

export interface Written {
  readonly id: string;
  readonly created: boolean;
  /** What came out otherwise than asked, field by field; shown with the attempt. */
  readonly notes?: readonly FieldNote[];
}

/**
 * `dropped`: the CRM cannot take it, the rest was written. `different`: it took it, and shows something else.
 * `elsewhere`: records like this one have no such field, others of its kind do (a Lead's company, written to a Contact).
 */
export interface FieldNote {
  readonly field: string;
  readonly kind: 'dropped' | 'different' | 'elsewhere';
  readonly reason: string;
}

/** One request as it went, to be kept with every attempt that took part in it. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly effect: 'read' | 'write';
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** How long it waited for its turn before it began. */
  readonly waitedMs: number;
  readonly outcome: HttpOutcome;
}

/** `empty`: when its turn came there was nothing left to send. */
export type SharedAnswer =
  | { readonly kind: 'response'; readonly response: HttpResponse; readonly exchange: Exchange }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly exchange: Exchange | null }
  | { readonly kind: 'empty' };

/**
 * What a destination may do to the outside while it works. Requests go through the budget, are kept with the
 * attempt (masked), and in a preview writes are recorded instead of sent.
 */
export interface RequestContext {
  /** A preview shares no request with live work. */
  readonly mode: 'live' | 'preview';
  /** Never throws: transport faults come back as `Failure` (`retry` when nothing was sent, else `unknown`). */
  send(
    request: HttpRequest,
    effect: 'read' | 'write',
    limitClass?: string,
  ): Promise<{ readonly kind: 'response'; readonly response: HttpResponse } | Planned | Failure>;
  /**
   * Sends one request for many attempts, this one among them (live only): it passes budget and breaker once, ends by its
   * own timeout and not with any of the attempts, and is built only when its turn has come, so that it can take along what
   * came meanwhile. Each attempt that took part has to `keep` it. `urgencyNow` tells that of the most urgent among them.
   */
  sendShared(
    build: () => Promise<HttpRequest | null>,
    effect: 'read' | 'write',
    limitClass?: string,
    urgencyNow?: () => Urgency,
  ): Promise<SharedAnswer>;
  /** False: another worker may be at the same run by now. To be asked of everybody who takes part in a shared request. */
  stillHeld(): Promise<boolean>;
  /** Keeps a shared exchange with this attempt, with these parts of its bodies: a hundred rows are not kept a hundred times. */
  keep(exchange: Exchange, part: ExchangePart): void;
  readonly signal: AbortSignal;
  /** Who goes first when the budget is short. */
  readonly urgency: Urgency;
}

export interface ExchangePart {
  readonly requestBody: string | null;
  readonly responseBody: string | null;
}

export interface CheckFinding {
  readonly level: 'ok' | 'warning' | 'error';
  /** A sentence; for errors it says what would be right. */
  readonly message: string;
}

/** One configured CRM. Implementations pass `test/conformance/destination.ts`. */
export interface Destination {
  readonly name: string;
  readonly type: string;
  readonly defaults: SyncDefaults;
  /** Kinds this destination can keep; `contact` always. */
  readonly kinds: readonly RecordKind[];
  /** Kinds that make no sense without a contact (a note on one): skipped, with the reason, when there is none. */
  readonly needsContact?: readonly RecordKind[];
  /** Kinds that can be written once and never changed (a chat message): a later version of the call is not written. */
  readonly appendOnly?: readonly RecordKind[];
  /**
   * What of these fields of a call does not fit and goes on in notes on its contact; null: there is nothing that could.
   * Pure, so that a call that did not change writes nothing. Absent: nothing goes on; `write` cuts, and says so.
   */
  readonly continueInNotes?: (callKey: string, fields: Fields) => Continuation | null;
  /** True when the operator allows this destination to stand at a private, loopback or metadata address; else the HTTP client refuses them. */
  readonly allowPrivateNetworks?: boolean;
  /** What the operator allows or the CRM demands; absent: 4 requests in flight, no limit over time. */
  readonly rate?: Rate;
  /** Runs that may be under way at once; absent: as many as requests. Where requests carry many records, more are needed to fill them. */
  readonly runsInFlight?: number;
  /** Requests that the CRM counts apart from all others (searches): name of the class → its limits. */
  readonly limitClasses?: Readonly<Record<string, Rate>>;
  /** What an answer tells of the CRM's limits; null: nothing. Absent: only `Retry-After` of a 429 is heeded. */
  readonly readLimits?: (answer: HttpResponse) => LimitNews | null;
  /** Told at the start which fields integrations write: reads and checks ask for them. */
  readonly willWrite?: (kind: RecordKind, fields: readonly MappedField[]) => void;
  /** Answers the requests of a destination that has no network (the sandbox). */
  readonly transport?: HttpClient;
  /** Every record that matches; at most a page. An answer that cannot be read is a Failure, not an empty list. */
  findContacts(
    query: ContactQuery,
    scope: JsonObject,
    context: RequestContext,
  ): Promise<Result<readonly FoundRecord[]>>;
  /** The current state of one record; `gone` when it is not there any more. Undefined when the CRM offers no way to read it. */
  readonly readRecord?: (
    kind: RecordKind,
    id: string,
    scope: JsonObject,
    context: RequestContext,
  ) => Promise<Result<FoundRecord>>;
  /** Kinds that `readRecord` can show; absent: all. */
  readonly readableKinds?: readonly RecordKind[];
  /** Creates (id null) or updates one record. Creating what exists by key is not an error: it is found, and updated or named. */
  write(write: RecordWrite, context: RequestContext): Promise<Result<Written> | Planned | AlreadyThere>;
  /**
   * After a create of unknown fate: is it there? `found` null means certainly not there. `repeatable` means a second
   * identical write does no harm; `unknowable` means only a person can tell.
   */
  recover(
    write: RecordWrite,
    context: RequestContext,
  ): Promise<
    Result<{ readonly found: FoundRecord | null }> | { readonly kind: 'repeatable' } | { readonly kind: 'unknowable' }
  >;
  /** `hookline check --live`: credentials, reachability, fields. Reads only. */
  check(context: RequestContext): Promise<readonly CheckFinding[]>;
  /** `hookline setup`: makes in the CRM what Hookline works best with. Repeating it changes nothing. Absent: nothing is needed. */
  readonly setup?: (context: RequestContext, options: SetupOptions) => Promise<readonly SetupStep[]>;
}

/** True when the destination can show a record of this kind by its id. */
export function canRead({ readRecord, readableKinds }: Destination, kind: RecordKind): boolean {
  return readRecord !== undefined && readableKinds?.includes(kind) !== false;
}
