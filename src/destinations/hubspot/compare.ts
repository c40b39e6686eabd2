import type { FieldNote } from '../destination.ts';
import { toEpochMs } from '../to-epoch-ms.ts';
import type { Schema } from './portal.ts';

type Values = Readonly<Record<string, string | null>>;

/** What HubSpot shows otherwise than it was sent: "accepted but different" (hubspot.md section 4). Pure. */
export function compareShown(
  sent: Readonly<Record<string, string>>,
  shown: Values,
  schema: Schema,
): readonly FieldNote[] {
  return Object.entries(sent).flatMap(([field, value]) => {
    const seen = shown[field];
    if (seen === undefined || isSame(value, seen ?? '', schema?.get(field)?.type ?? 'string')) return [];
    return [{ field, kind: 'different' as const, reason: `HubSpot shows ${JSON.stringify(shorten(seen ?? ''))}` }];
  });
}

function isSame(sent: string, seen: string, type: string): boolean {
  if (sent.trim() === seen.trim()) return true;
  switch (type) {
    case 'number':
      return Number(sent) === Number(seen);
    case 'date':
    case 'datetime':
      return toEpochMs(sent) !== null && toEpochMs(sent) === toEpochMs(seen);
    case 'enumeration':
      return isSameChoice(sent, seen);
    default:
      return isSameText(sent, seen);
  }
}

/** `;a` adds to what was there. */
function isSameChoice(sent: string, seen: string): boolean {
  const there = new Set(seen.split(';'));
  const asked = sent.split(';').filter((value) => value !== '');
  return asked.every((value) => there.has(value)) && (sent.startsWith(';') || asked.length === there.size);
}

/** HubSpot writes addresses in lower case and tidies white space. */
function isSameText(sent: string, seen: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return plain(sent) === plain(seen);
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
