import { expect, test } from '@jest/globals';

import { getCallStory } from '../../../src/cli/find-call.ts';
import type { LedgerAccess } from '../../../src/cli/ledger-access.ts';

// Lists at 80 columns shorten ids; what they show can be typed or pasted back.

const IDS = ['7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d3', '7d0c1a52-3b64-4f7e-9c11-5a2e8f90b6d4', 'call_5b81e2'];

const ledger = {
  callStory: async (id: string) => (IDS.includes(id) ? { call: { provider_call_id: id } } : null),
  listCalls: async () => ({ rows: IDS.map((id) => ({ call: { id, provider_call_id: id } })), next: null }),
};
const access = { ledger } as unknown as LedgerAccess;

const find = async (id: string): Promise<string> => (await getCallStory(access, id)).call.provider_call_id;

test('by the whole id, by its beginning, and as a list cut it', async () => {
  expect(await find('call_5b81e2')).toBe('call_5b81e2');
  expect(await find('call_5')).toBe('call_5b81e2');
  expect(await find('7d0c1a52…90b6d4')).toBe(IDS[1]);
});

test('one that may be several names them', async () => {
  await expect(find('7d0c1a52')).rejects.toThrow(/^"7d0c1a52" may be any of 2 calls:\n {2}7d0c1a52-3b64.*\n {2}7d0c/);
});

test.each(['nobody', '…90b6d4', ''])('one that is none: %j', async (id) => {
  await expect(find(id)).rejects.toThrow(`There is no call "${id}".`);
});
