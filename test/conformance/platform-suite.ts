import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { EVENT_RANK } from '../../src/domain/event.ts';
import type { ParseContext } from '../../src/platforms/platform.ts';
import { readBody } from '../../src/platforms/read-body.ts';
import { fixture, NOW_MS, platformSource, unverified, verdict } from '../support/platform-source.ts';

export interface PlatformHarness {
  /** A source with one proof, as an operator writes it. */
  readonly source: Record<string, unknown>;
  /** The same source with another proof of the same kind. */
  readonly stranger: Record<string, unknown>;
  /** Real bodies: every file in `test/fixtures/<folder>`. */
  readonly folder: string;
}

const E164 = /^\+[1-9]\d{6,14}$/;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/;

/** What every platform owes the rest of Hookline (src/platforms/platform.ts). */
export function describePlatform(name: string, harness: PlatformHarness): void {
  describe(`platform ${name}`, () => {
    const adapter = platformSource(harness.source);
    const stranger = platformSource(harness.stranger);
    const samples = readdirSync(new URL(`../fixtures/${harness.folder}`, import.meta.url)).toSorted();

    test('has real bodies to prove itself on, and says how it is authenticated', () => {
      expect(samples.length).toBeGreaterThan(0);
      expect(adapter.authentication.length).toBeGreaterThan(0);
    });

    describe.each(samples)('%s', (file) => {
      const body = fixture(`${harness.folder}/${file}`);
      const signed = adapter.sign(body, { nowMs: NOW_MS });
      const request = unverified(signed.body, signed.headers, { pathToken: signed.path.slice(1) || null });
      const read = readBody(signed.body, signed.headers['content-type'] ?? null);
      const context: ParseContext = {
        headers: Object.entries(signed.headers),
        receivedAtMs: NOW_MS,
        bodyHash: createHash('sha256').update(signed.body).digest('hex'),
      };

      test('what it signs it accepts, and a stranger does not', () => {
        expect(adapter.verify(request, NOW_MS).kind).toBe('verified');
        expect(verdict(stranger.verify(request, NOW_MS))).toMatch(/^refused: /);
      });

      test('what is not signed is refused', () => {
        expect(verdict(adapter.verify(unverified(body), NOW_MS))).toMatch(/^refused: /);
      });

      test('identify is what parse says, every time', () => {
        const identity = adapter.identify(read, context);
        expect(adapter.parse(read, context)).toMatchObject(identity);
        expect(adapter.identify(read, context)).toEqual(identity);
        expect(adapter.parse(read, context)).toEqual(adapter.parse(read, context));
      });

      test('speaks canonical words', () => {
        const { type, callId, occurredAt, facts } = adapter.parse(read, context);
        expect(Object.keys(EVENT_RANK)).toContain(type);
        expect(callId === null || callId.length > 0).toBe(true);
        const numbers = [facts.customer_number, facts.business_number, facts.from_number, facts.to_number];
        for (const number of numbers) if (number != null) expect(number).toMatch(E164);
        for (const time of [occurredAt, facts.started_at, facts.answered_at, facts.ended_at]) {
          if (time != null) expect(time).toMatch(UTC);
        }
        if (facts.duration_s != null) expect(facts.duration_s).toBeGreaterThanOrEqual(0);
      });

      test('keeps every header it reads', () => {
        const kept = context.headers.filter(([header]) => adapter.keptHeaders.includes(header.toLowerCase()));
        expect(adapter.parse(read, { ...context, headers: kept })).toEqual(adapter.parse(read, context));
      });
    });
  });
}
