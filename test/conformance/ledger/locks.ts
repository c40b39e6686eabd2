import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { OpenLedgerHarness } from '../../support/ledger-world.ts';
import { useWorld } from './use-world.ts';

const LEASE_MS = 15_000;

export function describeLocks(open: OpenLedgerHarness): void {
  describe('locks', () => {
    const world = useWorld(open);

    const take = (owner: string, keys: readonly string[], destination = 'crm'): Promise<boolean> => {
      const nowMs = world().clock.now();
      return world().harness.ledger.takeLocks({ destination, keys, owner, nowMs, untilMs: nowMs + LEASE_MS });
    };

    test('are taken all or not at all, per destination, and given back', async () => {
      const { ledger } = world().harness;
      expect(await take('a', ['phone:1', 'email:x'])).toBe(true);
      expect(await take('b', ['email:x', 'phone:2'])).toBe(false);
      expect(await take('b', ['phone:2'])).toBe(true);
      expect(await take('b', ['email:x'], 'other')).toBe(true);
      expect(await take('b', [])).toBe(true);
      await ledger.releaseLocks('b', ['phone:1', 'email:x']);
      expect(await take('c', ['phone:1'])).toBe(false);
      await ledger.releaseLocks('a', ['phone:1', 'email:x']);
      expect(await take('c', ['phone:1', 'email:x'])).toBe(true);
    });

    test('are still taken after a restart, and the same owner may take again what it has', async () => {
      expect(await take('a', ['phone:1'])).toBe(true);
      await world().harness.reopen();
      expect(await take('b', ['phone:1'])).toBe(false);
      expect(await take('a', ['phone:1', 'phone:1', 'email:x'])).toBe(true);
    });

    test('end when they are not renewed, and then belong to whoever takes them', async () => {
      const { clock, harness } = world();
      await take('a', ['phone:1', 'email:x']);
      clock.advance(LEASE_MS - 1);
      expect(await take('b', ['phone:1'])).toBe(false);
      expect(await harness.ledger.renewLocks('a', ['phone:1', 'email:x'], clock.now() + LEASE_MS)).toEqual(
        expect.arrayContaining(['phone:1', 'email:x']),
      );
      clock.advance(LEASE_MS);
      expect(await take('b', ['phone:1'])).toBe(true);
      // Nobody took the other one meanwhile.
      expect(await harness.ledger.renewLocks('a', ['phone:1', 'email:x'], clock.now() + LEASE_MS)).toEqual(['email:x']);
      await harness.ledger.releaseLocks('a', ['phone:1', 'email:x']);
      expect(await take('c', ['phone:1'])).toBe(false);
    });

    test('that are not asked for are not renewed: what its owner could not give back ends', async () => {
      const { clock, harness } = world();
      await take('a', ['phone:1', 'phone:2']);
      clock.advance(LEASE_MS / 2);
      expect(await harness.ledger.renewLocks('a', ['phone:2'], clock.now() + LEASE_MS)).toEqual(['phone:2']);
      clock.advance(LEASE_MS / 2);
      expect(await take('b', ['phone:1'])).toBe(true);
      expect(await take('b', ['phone:2'])).toBe(false);
      expect(await harness.ledger.renewLocks('a', [], clock.now() + LEASE_MS)).toEqual([]);
    });

    test('go to one owner whatever sets of keys many ask for at once', async () => {
      const claims = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }), { maxLength: 8 });
      let round = 0;
      await fc.assert(
        fc.asyncProperty(claims, async (sets) => {
          const destination = `crm-${(round += 1)}`;
          const taken = await Promise.all(sets.map((keys, index) => take(`owner-${index}`, keys, destination)));
          const held = sets.filter((_keys, index) => taken[index] === true).flat();
          expect(new Set(held).size).toBe(held.length);
        }),
        { numRuns: 30 },
      );
    });
  });
}
