import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { PLATFORMS } from '../../../src/platforms/index.ts';
import { sourceConfigSchema } from '../../../src/platforms/source-config.ts';
import { SECRET, sourceProblems } from '../../support/platform-source.ts';

const CALLAB = { platform: 'callab', secrets: [SECRET] };

test('every platform can be configured by its name', () => {
  expect(PLATFORMS.map(({ name }) => name)).toEqual(['callab', 'callttone', 'callscaler', 'atoms', 'custom']);
  for (const { name, schema } of PLATFORMS) expect(schema.shape.platform.value).toBe(name);
});

test('what is not written has its default', () => {
  expect(sourceConfigSchema.parse(CALLAB)).toEqual({
    platform: 'callab',
    secrets: [{ value: SECRET, expiresAtMs: null }],
    allow_ips: [],
    own_numbers: [],
    on_invalid: 'reject',
  });
});

test('sizes and rates are read', () => {
  const config = sourceConfigSchema.parse({ ...CALLAB, max_body: '5mb', rate_limit: '6000/m', default_country: 'US' });
  expect(config).toMatchObject({
    max_body: 5_242_880,
    rate_limit: { count: 6000, seconds: 60 },
    default_country: 'US',
  });
  expect(sourceConfigSchema.parse({ ...CALLAB, rate_limit: 'off' }).rate_limit).toBeNull();
});

describe('mistakes', () => {
  test.each([
    [{ platform: 'twillio' }, 'platform: '],
    [{ secret: 'x' }, ': Unrecognized key: "secret"'],
    [{ default_country: 'UK' }, 'default_country: is not an ISO 3166 country code'],
    [{ default_country: 'us' }, 'default_country: is not an ISO 3166 country code'],
    [{ own_numbers: ['+12025550110', 'reception'] }, 'own_numbers.1: "reception" is not a phone number'],
    [{ own_numbers: ['202-555-0110'] }, 'own_numbers.0: "202-555-0110" is not a phone number'],
    [{ max_body: 'big' }, 'max_body: "big" is not a size'],
    [{ rate_limit: '10' }, 'rate_limit: "10" is not a rate'],
    [{ allow_ips: ['203.0.113.0/24', '0.0.0.0/0'] }, 'allow_ips.1: "0.0.0.0/0" allows every address'],
    [{ allow_unsigned: true }, 'allow_unsigned: stands beside HMAC-SHA256 x-callab-signature'],
    [{ allow_unsigned: false }, 'allow_unsigned: '],
    [{ auth: { type: 'bearer', token: '' } }, 'auth.token: is empty'],
    [{ auth: { type: 'header', name: 'X API', value: 'x' } }, 'auth.name: is not a header name'],
    [{ secrets: [] }, 'secrets: '],
  ])('%j', (mistake, problem) => {
    expect(sourceProblems({ ...CALLAB, ...mistake })).toEqual([expect.stringContaining(problem)]);
  });
});

test('the schema can be written as JSON Schema, for editors', () => {
  const schema = z.toJSONSchema(sourceConfigSchema, { io: 'input', unrepresentable: 'any' });
  expect(schema).toMatchObject({
    oneOf: expect.arrayContaining([
      expect.objectContaining({ properties: expect.objectContaining({ secrets: expect.anything() }) }),
    ]),
  });
});
