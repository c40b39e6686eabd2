import type { Fields } from '../destination.ts';
import { escapeHtml } from './escape-html.ts';
import { RECORDING } from './objects.ts';

/** Others are refused, and not retried (hubspot.md section 5.2). */
const PLAYABLE = /^https:\/\/[^\s?#]+\.(?:mp3|wav)(?:[?#]\S*)?$/i;

/** True when HubSpot's player takes it. */
export function isPlayable(url: string): boolean {
  return PLAYABLE.test(url);
}

/** What comes before the body, for a recording that HubSpot's player does not take; else nothing. */
export function recordingLink(fields: Fields): string {
  const url = fields[RECORDING];
  return typeof url !== 'string' || isPlayable(url) || !isLink(url) ? '' : linkTo(url);
}

export function linkTo(url: string): string {
  return `<p>Recording: <a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`;
}

export function isLink(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
