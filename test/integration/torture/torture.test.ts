import { afterEach, expect, jest, test } from '@jest/globals';

import { tortureLines } from '../../../src/cli/print-torture.ts';
import { MISCHIEF_NAMES, MODES } from '../../../src/torture/options.ts';
import { torture, type TortureEnd } from '../../../src/torture/torture.ts';

// `hookline torture`, shorter: real processes, servers and disks, and every kind of mischief that this machine allows.

jest.setTimeout(400_000);

const progress: string[] = [];
let end: TortureEnd | null = null;

afterEach(() => {
  // What went wrong is worth more than the numbers of a failed expectation.
  if (end?.kind === 'tortured' && end.problems.length > 0) console.log([...progress, ...tortureLines(end)].join('\n'));
  progress.length = 0;
  end = null;
});

const ALL = { seconds: 20, only: MISCHIEF_NAMES };
/** What a CRM notices: whatever else happens was tried with the others. */
const FEW = { seconds: 8, only: ['kill', 'crm'] } as const;
/** With `kill`, a process of several hangs for 17 s as well. */
const LIES = { seconds: 8, only: ['crm'] } as const;

test.each([
  ...MODES.map((mode) => [mode, 'rest', ALL] as const),
  ['embedded', 'hubspot', ALL],
  ['scaled', 'hubspot', ALL],
  ['embedded', 'salesforce', FEW],
  ['scaled', 'salesforce', LIES],
] as const)(
  '%s, %s: whatever is killed, stopped, filled and stepped, nothing is lost, doubled or wrong',
  async (mode, crm, bounds) => {
    end = await torture({
      mode,
      crm,
      ...bounds,
      seed: 11,
      receivers: 2,
      workers: 2,
      onProgress: (line) => progress.push(line),
    });
    if (end.kind === 'impossible') return console.warn(`mode ${mode} was not tested: ${end.reason}`);
    if (end.kind === 'broke_off') throw new Error(`${end.reason}; see ${end.folder}`);
    expect(end.problems).toEqual([]);
    expect(end.ledger.acknowledged).toBeGreaterThan(0);
    expect(end.ledger.duplicates).toBeGreaterThan(0);
    expect([...end.crms.values()].map(({ contacts }) => contacts.found > 0)).not.toContain(false);
  },
);
