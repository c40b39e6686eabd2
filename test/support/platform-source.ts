import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { CanonicalEvent } from '../../src/domain/event.ts';
import type { HeaderLines, SourceAdapter, UnverifiedRequest, Verification } from '../../src/platforms/platform.ts';
import { readBody } from '../../src/platforms/read-body.ts';
import { createSource, sourceConfigSchema } from '../../src/platforms/source-config.ts';
import type { ConfigIssue } from '../../src/shared/config-issue.ts';

/** The instant the signatures of the fixtures were made for: 2026-11-20T12:00:00Z. */
export const NOW_MS = 1_795_176_000_000;
export const SECRET = 'whsec_test_secret';

/** The exact bytes of a sample body, such as `callab/call_ended.json`. */
export function fixture(path: string): Buffer {
  return readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
}

/** An adapter as the operator would configure it; throws what the operator would be told. */
export function platformSource(written: unknown): SourceAdapter {
  const issues: ConfigIssue[] = [];
  const adapter = createSource(sourceConfigSchema.parse(written), issues, []);
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return adapter;
}

/** Everything the operator would be told about a source. */
export function sourceProblems(written: unknown): readonly string[] {
  const parsed = sourceConfigSchema.safeParse(written);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const issues: ConfigIssue[] = [];
  createSource(parsed.data, issues, []);
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** A request as it came over the network. */
export function unverified(
  body: Buffer | string,
  headers: Readonly<Record<string, string>> | HeaderLines = {},
  more: Partial<UnverifiedRequest> = {},
): UnverifiedRequest {
  const bytes = Buffer.from(body);
  const lines = Array.isArray(headers) ? (headers as HeaderLines) : Object.entries(headers);
  return {
    method: 'POST',
    url: '/webhooks/test',
    headers: lines,
    body: bytes,
    wireBody: bytes,
    pathToken: null,
    ...more,
  };
}

/** `secret 1` and the like, or `refused: <cause>`. */
export function verdict(verification: Verification): string {
  return verification.kind === 'verified' ? verification.request.proof : `refused: ${verification.cause}`;
}

/** The canonical event of a body received at `NOW_MS`. */
export function eventOf(adapter: SourceAdapter, body: Buffer | string, headers: HeaderLines = []): CanonicalEvent {
  const bytes = Buffer.from(body);
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
  const bodyHash = createHash('sha256').update(bytes).digest('hex');
  return adapter.parse(readBody(bytes, contentType), { headers, receivedAtMs: NOW_MS, bodyHash });
}
