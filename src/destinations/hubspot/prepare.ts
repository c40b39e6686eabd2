import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { Clock } from '../../shared/clock.ts';
import type { FieldNote, RecordWrite } from '../destination.ts';
import { asObject } from '../rest/read-path.ts';
import { toEpochMs } from '../to-epoch-ms.ts';
import { cutTo, formatFields, MAX_TEXT, type Formatted } from './format.ts';
import { BODY, OBJECT_TYPES, RECORDING, REQUIRED_TIME } from './objects.ts';
import type { Portal } from './portal.ts';
import { isLink, isPlayable, linkTo } from './recording.ts';
import { cutHtml } from './split-html.ts';

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

/** An activity must stand somewhere on the timeline. */
function withTimestamp(formatted: Formatted, { scope }: RecordWrite, clock: Clock): Formatted {
  if (formatted.properties[REQUIRED_TIME] !== undefined) return formatted;
  const times = ['started_at', 'ended_at', 'first_event_at'].map((name) => toEpochMs(textAt(scope, 'call', name)));
  const at = times.find((time) => time !== null) ?? clock.now();
  return { ...formatted, properties: { ...formatted.properties, [REQUIRED_TIME]: String(at) } };
}

/** A recording that HubSpot's player does not take becomes a link in the body. */
function withPlayableRecording(formatted: Formatted, { fields, allFields }: RecordWrite): Formatted {
  const { [RECORDING]: _, ...properties } = formatted.properties;
  const url = linkOf(formatted, allFields);
  if (url === '' || isPlayable(url)) return formatted;
  const note = (kind: FieldNote['kind'], reason: string): FieldNote => ({ field: RECORDING, kind, reason });
  const rule = "HubSpot's player takes https links that end in .mp3 or .wav only";
  if (!isLink(url)) {
    return { properties, notes: [...formatted.notes, note('dropped', `${rule}, and this is no link`)] };
  }
  const notes = [...formatted.notes, note('different', `${rule}: the link stands in ${BODY}`)];
  return withLink(url, { properties, notes }, { fields, allFields });
}

/** The link goes first, and what then is too long is cut; where there is a contact, the rest is in a note already. */
export function withLink(
  url: string,
  { properties, notes }: Formatted,
  { fields, allFields }: Pick<RecordWrite, 'fields' | 'allFields'>,
): Formatted {
  const link = linkTo(url);
  const body = properties[BODY] ?? textOf(fields[BODY] ?? allFields[BODY]) ?? '';
  const rest = cutHtml(body, MAX_TEXT - link.length);
  const isCut = rest !== body && !notes.some(({ field }) => field === BODY);
  const note: FieldNote = { field: BODY, kind: 'different', reason: cutTo(body, rest) };
  return { properties: { ...properties, [BODY]: link + rest }, notes: isCut ? [...notes, note] : notes };
}

/** A body that is written anew must keep the link that an earlier version put there. */
function linkOf({ properties }: Formatted, allFields: RecordWrite['allFields']): string {
  return properties[RECORDING] ?? (BODY in properties ? textOf(allFields[RECORDING]) : null) ?? '';
}

function textAt(scope: JsonObject, name: string, field: string): string | null {
  return textOf(asObject(scope[name] ?? null)?.[field]);
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
