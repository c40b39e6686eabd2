import { expect, test } from '@jest/globals';

import { PLATFORMS } from '../../src/platforms/index.ts';
import { CUSTOM_SOURCES } from '../support/custom-sources.ts';
import { describePlatform, type PlatformHarness } from './platform-suite.ts';

const secrets = (platform: string): PlatformHarness => ({
  source: { platform, secrets: ['one secret'] },
  stranger: { platform, secrets: ['another secret'] },
  folder: platform,
});

const HARNESSES: Readonly<Record<string, PlatformHarness>> = {
  callab: secrets('callab'),
  callttone: secrets('callttone'),
  callscaler: {
    source: { platform: 'callscaler', token: 'a-path-token-of-enough-length' },
    stranger: { platform: 'callscaler', token: 'b-path-token-of-enough-length' },
    folder: 'callscaler',
  },
  atoms: secrets('atoms'),
  custom: {
    source: { ...CUSTOM_SOURCES['retell'], secrets: ['one secret'] },
    stranger: { ...CUSTOM_SOURCES['retell'], secrets: ['another secret'] },
    folder: 'retell',
  },
};

test('every registered platform is in this suite', () => {
  expect(Object.keys(HARNESSES).toSorted()).toEqual(PLATFORMS.map(({ name }) => name).toSorted());
});

for (const [name, harness] of Object.entries(HARNESSES)) describePlatform(name, harness);
