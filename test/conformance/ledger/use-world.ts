import { afterEach, beforeEach } from '@jest/globals';

import { openLedgerWorld, type LedgerWorld, type OpenLedgerHarness } from '../../support/ledger-world.ts';

/** A fresh ledger for each test of the surrounding block. */
export function useWorld(open: OpenLedgerHarness): () => LedgerWorld {
  let world: LedgerWorld | null = null;
  beforeEach(async () => {
    world = await openLedgerWorld(open);
  });
  afterEach(async () => {
    await world?.harness.close();
  });
  return () => {
    if (world === null) throw new Error('there is a world only while a test runs');
    return world;
  };
}
