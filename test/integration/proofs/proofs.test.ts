import { afterEach, expect, jest, test } from '@jest/globals';

import { printResult } from '../../../scripts/proof/print-result.ts';
import { runProof, type ProofOptions, type ProofResult } from '../../../scripts/proof/run-proof.ts';

// The same proofs as `npm run proof:kill`, only shorter. Each runs real processes: daemon, CRMs, and us as the platforms.

jest.setTimeout(180_000);

let last: ProofResult | null = null;

afterEach(() => {
  // What went wrong is worth more than the numbers of a failed expectation.
  if (last !== null && last.problems.length > 0) printResult(last);
});

async function prove(options: Partial<ProofOptions>): Promise<ProofResult> {
  last = await runProof({
    seed: 1,
    kills: 0,
    faultRate: 0,
    calls: 20,
    senders: 4,
    maxGapMs: 60,
    quietTimeoutMs: 120_000,
    ...options,
  });
  return last;
}

test('kill -9 at random moments loses nothing and doubles nothing', async () => {
  const result = await prove({ seed: 11, kills: 3 });
  expect(result.problems).toEqual([]);
  expect(result.recoveriesMs.length).toBeGreaterThan(0);
  expect(result.ledger.duplicates).toBeGreaterThan(0);
});

test('SIGTERM under load ends the daemon in order and loses nothing', async () => {
  const result = await prove({ seed: 12, kills: 2, signal: 'SIGTERM' });
  expect(result.problems).toEqual([]);
});

test.each([21, 22])('CRMs that fail and lie end up as if they had not (seed %d)', async (seed) => {
  const result = await prove({ seed, faultRate: 0.12, calls: 12 });
  expect(result.problems).toEqual([]);
});
