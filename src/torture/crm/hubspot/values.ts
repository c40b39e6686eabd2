import { parseInstant } from '../../../shared/time.ts';
import { toIso } from '../../../shared/clock.ts';
import type { JsonValue } from '../../../domain/json.ts';
import type { HubSpotOptions } from './options.ts';
import type { Property } from './property.ts';
import type { ValueProblem } from './refusals.ts';

/** The longest text a property takes, in characters (hubspot.md 11). */
const MAX_TEXT = 65_536;
const MS_PER_DAY = 86_400_000;

/**
 * The text HubSpot keeps for a value it was sent, `''` to clear; or why it refuses it. `current` matters for
 * multi-checkboxes, where a leading `;` appends.
 */
export function readValue(
  property: Property,
  sent: JsonValue,
  current: string | undefined,
  options: HubSpotOptions,
): string | ValueProblem {
  if (sent === null) return '';
  if (typeof sent === 'object') return problem(property, 'INVALID_VALUE', 'is neither text, number nor boolean');
  if (property.readOnly) {
    return problem(property, 'READ_ONLY_VALUE', 'is a read only property; its value cannot be set');
  }
  const text = String(sent);
  if (text === '') return '';
  return readNamed(property, text, options) ?? readTyped(property, text, current);
}

/** Rules of single properties. */
function readNamed(property: Property, text: string, options: HubSpotOptions): string | ValueProblem | undefined {
  switch (property.name) {
    case 'email':
      return isEmail(text) ? text.trim().toLowerCase() : problem(property, 'INVALID_EMAIL', `${text} is invalid`);
    case 'hs_additional_emails':
      return text.toLowerCase();
    case 'hubspot_owner_id':
      return options.owners.some(({ id, archived }) => id === text && archived !== true)
        ? text
        : problem(property, 'INVALID_OWNER_ID', `Owner with id ${text} does not exist or is not active`);
    case 'hs_call_recording_url':
      return isRecording(text, options)
        ? text
        : problem(property, 'INVALID_URL', 'must be an HTTPS URL of an .mp3 or .wav file');
    default:
      return undefined;
  }
}

function readTyped(property: Property, text: string, current: string | undefined): string | ValueProblem {
  switch (property.type) {
    case 'number':
      return readNumber(property, text);
    case 'datetime':
      return readDateTime(property, text);
    case 'date':
      return readDate(property, text);
    case 'bool':
      return text === 'true' || text === 'false' ? text : notAnOption(property, text, ['true', 'false']);
    case 'enumeration':
      return property.fieldType === 'checkbox' ? readMany(property, text, current) : readOne(property, text);
    default:
      return readText(property, text);
  }
}

function readNumber(property: Property, text: string): string | ValueProblem {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  return isNumber ? text : problem(property, 'INVALID_INTEGER', `${text} was not a valid number.`);
}

function readText(property: Property, text: string): string | ValueProblem {
  if (text.length <= MAX_TEXT) return text;
  return problem(property, 'VALUE_TOO_LONG', `is ${text.length} characters long; the maximum is ${MAX_TEXT}`);
}

function readDateTime(property: Property, text: string): string | ValueProblem {
  const ms = readTime(text);
  return ms === undefined
    ? problem(property, 'INVALID_DATE', `${text} is neither ISO 8601 UTC nor epoch milliseconds`)
    : toIso(ms);
}

function readDate(property: Property, text: string): string | ValueProblem {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text)
    ? (parseInstant(text) ?? Number.NaN)
    : /^-?\d+$/.test(text)
      ? Number(text)
      : Number.NaN;
  if (Number.isNaN(ms))
    return problem(property, 'INVALID_DATE', `${text} is neither YYYY-MM-DD nor epoch milliseconds`);
  return ms % MS_PER_DAY === 0
    ? toIso(ms).slice(0, 10)
    : problem(property, 'INVALID_DATE', `${text} is at ${toIso(ms)}, not midnight UTC`);
}

/** ISO 8601 in UTC or epoch ms; epoch seconds are taken for ms, as HubSpot does. */
export function readTime(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text);
  const ms = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|\+00:00))?$/.test(text) ? (parseInstant(text) ?? Number.NaN) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function readOne(property: Property, text: string): string | ValueProblem {
  const values = property.options.map(({ value }) => value);
  return values.includes(text) ? text : notAnOption(property, text, values);
}

/** `a;b` replaces, `;a;b` appends; no spaces. */
function readMany(property: Property, text: string, current: string | undefined): string | ValueProblem {
  const values = property.options.map(({ value }) => value);
  const sent = text.replace(/^;/, '').split(';');
  const wrong = sent.find((value) => !values.includes(value));
  if (wrong !== undefined) return notAnOption(property, wrong, values);
  const kept = text.startsWith(';') && current !== undefined && current !== '' ? current.split(';') : [];
  return [...new Set([...kept, ...sent])].join(';');
}

function notAnOption(property: Property, text: string, values: readonly string[]): ValueProblem {
  return problem(property, 'INVALID_OPTION', `${text} was not one of the allowed options: [${values.join(', ')}]`);
}

function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

function isRecording(text: string, { allowsRecordingQuery }: HubSpotOptions): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:' || !/\.(mp3|wav)$/.test(url.pathname)) return false;
  return url.search === '' || allowsRecordingQuery;
}

function problem(property: Property, code: string, message: string): ValueProblem {
  return { name: property.name, code, message: `Property "${property.name}": ${message}` };
}
