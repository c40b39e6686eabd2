import type { ServerResponse } from 'node:http';

import type { Answer } from './answer.ts';

/** Nothing to sniff, nothing to cache: what an answer to a machine needs of helmet's headers. */
const ANSWER_HEADERS = [
  'Content-Type',
  'application/json',
  'X-Content-Type-Options',
  'nosniff',
  'Cache-Control',
  'no-store',
] as const;

/** Plain Node instead of `response.json`: no second serialising, no ETag, no content negotiation on the hot path. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const headers = [...ANSWER_HEADERS, 'Content-Length', String(answer.body.length)];
  if (answer.retryAfterSeconds !== undefined) headers.push('Retry-After', String(answer.retryAfterSeconds));
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}
