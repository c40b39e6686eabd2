import { expect, test } from '@jest/globals';

import type { JsonObject } from '../../../../../src/domain/json.ts';
import type { SalesforceClient } from '../../../../../src/destinations/salesforce/client.ts';
import { awaitAccess, type Looking } from '../../../../../src/destinations/salesforce/setup/see-fields.ts';
import { WANTED_FIELDS } from '../../../../../src/destinations/salesforce/setup/wanted-fields.ts';
import { createTestContext } from '../../../../support/destination-context.ts';

interface Shown {
  readonly looking: Looking;
  readonly waits: readonly number[];
  readonly looks: () => number;
}

/** An org that shows our fields from its `from`-th description on; waiting takes no time. */
function org(from: number): Shown {
  let described = 0;
  const waits: number[] = [];
  const client: SalesforceClient = {
    ask: () => Promise.reject(new Error('what only reads is looked for')),
    async look() {
      described += 1;
      return { kind: 'answer', answer: { status: 200, headers: {}, body: { fields: fieldsAt(described >= from) } } };
    },
    askShared: () => Promise.reject(new Error('a look is not shared')),
  };
  const context = createTestContext({ send: () => Promise.reject(new Error('nothing is sent')) });
  const after: Looking['after'] = (delayMs, run) => {
    waits.push(delayMs);
    queueMicrotask(run);
    return () => {};
  };
  return { looking: { client, after, context }, waits, looks: () => described };
}

function fieldsAt(isShown: boolean): readonly JsonObject[] {
  const ours = WANTED_FIELDS.map(({ name }) => ({ name, createable: true, updateable: true }));
  return [{ name: 'Id' }, ...(isShown ? ours : [])];
}

test('what shows at once is not waited for', async () => {
  const { looking, waits, looks } = org(1);
  expect(await awaitAccess(looking, WANTED_FIELDS)).toEqual([]);
  expect({ waits, looks: looks() }).toEqual({ waits: [], looks: 3 });
});

test('what shows later is looked for again, each time after a longer wait', async () => {
  const { looking, waits } = org(7);
  expect(await awaitAccess(looking, WANTED_FIELDS)).toEqual([]);
  expect(waits).toEqual([1000, 2000]);
});

test('what never shows is given up', async () => {
  const { looking, waits, looks } = org(Number.POSITIVE_INFINITY);
  expect(await awaitAccess(looking, WANTED_FIELDS)).toEqual(WANTED_FIELDS);
  expect({ waits, looks: looks() }).toEqual({ waits: [1000, 2000, 4000, 8000], looks: 15 });
});
