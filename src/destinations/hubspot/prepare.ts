import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { FieldNote, RecordWrite } from '../destination.ts';
import { asObject } from '../rest/read-path.ts';
import { formatFields, MAX_TEXT, toEpochMs, type Formatted } from './format.ts';
import { OBJECT_TYPES } from './objects.ts';
import type { Portal } from './portal.ts';

/** The properties of one write as HubSpot takes them, and what had to be left out or changed. Pure but for the clock. */
export function prepareWrite(write: RecordWrite, portal: Portal, clock: Clock): Formatted {
  const schema = portal.schemas[write.kind];
  const formatted = formatFields(write.fields, schema, OBJECT_TYPES[write.kind]);
  if (write.kind === 'contact') return write.id === null ? withName(formatted, write) : formatted;
  const playable = write.kind === 'call' ? withPlayableRecording(formatted, write) : formatted;
  return write.id === null ? withTimestamp(playable, write, clock) : playable;
}

/** HubSpot takes no contact without an address or a name (hubspot.md section 5.1); `toFoundRecord` hides it again. */
function withName(formatted: Formatted, { scope }: RecordWrite): Formatted {
  const { email, firstname, lastname, phone } = formatted.properties;
  if ([email, firstname, lastname].some((value) => value !== undefined && value !== '')) return formatted;
  const name = phone ?? textAt(scope, 'contact', 'phone') ?? 'Unknown caller';
  return { ...formatted, properties: { ...formatted.properties, firstname: name } };
}

const REQUIRED_TIME = 'hs_timestamp';

/** An activity must stand somewhere on the timeline. */
function withTimestamp(formatted: Formatted, { scope }: RecordWrite, clock: Clock): Formatted {
  if (formatted.properties[REQUIRED_TIME] !== undefined) return formatted;
  const times = ['started_at', 'ended_at', 'first_event_at'].map((name) => toEpochMs(textAt(scope, 'call', name)));
  const at = times.find((time) => time !== null) ?? clock.now();
  return { ...formatted, properties: { ...formatted.properties, [REQUIRED_TIME]: String(at) } };
}

const RECORDING = 'hs_call_recording_url';
const BODY = 'hs_call_body';
/** Others are refused, and not retried (hubspot.md section 5.2). */
const PLAYABLE = /^https:\/\/[^\s?#]+\.(?:mp3|wav)(?:[?#]\S*)?$/i;

/** A recording that HubSpot's player does not take becomes a link in the body. */
function withPlayableRecording(formatted: Formatted, { fields, allFields }: RecordWrite): Formatted {
  const { [RECORDING]: _, ...properties } = formatted.properties;
  const url = linkOf(formatted, allFields);
  if (url === '' || PLAYABLE.test(url)) return formatted;
  const note = (kind: FieldNote['kind'], reason: string): FieldNote => ({ field: RECORDING, kind, reason });
  const rule = "HubSpot's player takes https links that end in .mp3 or .wav only";
  if (!/^https?:\/\//i.test(url)) {
    return { properties, notes: [...formatted.notes, note('dropped', `${rule}, and this is no link`)] };
  }
  const body = formatted.properties[BODY] ?? textOf(fields[BODY] ?? allFields[BODY]) ?? '';
  const link = `<p>Recording: <a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`;
  const linked = link + body.slice(0, MAX_TEXT - link.length).toWellFormed();
  const notes = [...formatted.notes, note('different', `${rule}: the link stands in ${BODY}`)];
  return { properties: { ...properties, [BODY]: linked }, notes };
}

/** A body that is written anew must keep the link that an earlier version put there. */
function linkOf({ properties }: Formatted, allFields: RecordWrite['allFields']): string {
  return properties[RECORDING] ?? (BODY in properties ? textOf(allFields[RECORDING]) : null) ?? '';
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function textAt(scope: JsonObject, name: string, field: string): string | null {
  return textOf(asObject(scope[name] ?? null)?.[field]);
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
