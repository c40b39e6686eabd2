import type { JsonValue } from '../../domain/json.ts';
import type { Continuation } from '../continuation.ts';
import type { Fields } from '../destination.ts';
import { escapeHtml } from './escape-html.ts';
import { MAX_TEXT } from './format.ts';
import { BODY, NOTE_BODY, OWNER, REQUIRED_TIME } from './objects.ts';
import { recordingLink } from './recording.ts';
import { splitHtml } from './split-html.ts';

const CONTINUED = '<p><em>Continued in a note.</em></p>';
const SPENT = '<p>Nothing stands here any more: the text became shorter.</p>';

/**
 * A body longer than HubSpot takes goes on in notes. Which note it is stands first in it, in words that stay the same: that
 * is what a note is recognised by where nothing unique tells it (`recover.ts`). Pure.
 */
export function continueInNotes(callKey: string, fields: Fields): Continuation | null {
  const body = fields[BODY];
  if (typeof body !== 'string') return null;
  const spent = (index: number): Fields => noteOf(fields, headingOf(callKey, index) + SPENT);
  // The link to a recording that cannot be played comes before the body.
  const room = MAX_TEXT - recordingLink(fields).length;
  if (body.length <= room) return { field: BODY, value: body, notes: [], spent };
  // A heading is longest where the number is.
  const roomOfNotes = MAX_TEXT - headingOf(callKey, MAX_TEXT).length - CONTINUED.length;
  const [first = '', ...rest] = splitHtml(body, [room - CONTINUED.length, roomOfNotes]);
  const notes = rest.map((part, index) =>
    noteOf(fields, headingOf(callKey, index) + part + (index < rest.length - 1 ? CONTINUED : '')),
  );
  return { field: BODY, value: first + CONTINUED, notes, spent };
}

/** The record of the call holds the first part. */
function headingOf(callKey: string, index: number): string {
  return `<p><strong>Part ${index + 2} of call ${escapeHtml(callKey)}</strong></p>`;
}

/** It stands where its call stands, and belongs to whom its call belongs to. */
function noteOf(fields: Fields, body: string): Fields {
  const shared = [REQUIRED_TIME, OWNER].flatMap((name): [string, JsonValue][] => {
    const value = fields[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(shared), [NOTE_BODY]: body };
}

/** The first line that a reader sees; two notes that begin alike are the same part of the same call. */
export function firstLine(html: string): string {
  const lines = html.replaceAll(/<[^<>]*>/g, '\n').split('\n');
  return lines.map((line) => line.trim()).find((line) => line !== '') ?? '';
}
