import { expect, test } from '@jest/globals';

import { serverSchema } from '../../../src/receive/schema.ts';

function problems(value: unknown): string[] {
  const parsed = serverSchema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

test('nothing written means: no proxy believed, 5 MB, 6000 requests a minute and address', () => {
  expect(serverSchema.parse({})).toEqual({
    trusted_proxies: [],
    max_body: 5 * 1024 * 1024,
    rate_limit: { per_address: { count: 6000, seconds: 60 }, per_source: null },
  });
});

test('rates count by second, minute or hour, or are off', () => {
  expect(serverSchema.parse({ rate_limit: { per_address: 'off', per_source: '100/s' } }).rate_limit).toEqual({
    per_address: null,
    per_source: { count: 100, seconds: 1 },
  });
});

test.each([
  [
    { rate_limit: { per_address: '6000' } },
    'rate_limit.per_address: "6000" is not a rate. Write it like "6000/m", "100/s" or "50000/h", or "off".',
  ],
  [
    { rate_limit: { per_address: '0/m' } },
    'rate_limit.per_address: "0/m" is not a rate. Write it like "6000/m", "100/s" or "50000/h", or "off".',
  ],
  [{ max_body: '5 bananas' }, 'max_body: "5 bananas" is not a size between "1kb" and "100mb". Write it like "5mb".'],
  [{ max_body: '1tb' }, 'max_body: "1tb" is not a size between "1kb" and "100mb". Write it like "5mb".'],
  [
    { trusted_proxies: ['10.0.0.0/8', '10.0.0'] },
    'trusted_proxies.1: "10.0.0" is not a network. Write it like "203.0.113.0/24", "2001:db8::/32" or "203.0.113.7".',
  ],
])('%j is refused with what would be right', (value, problem) => {
  expect(problems(value)).toEqual([problem]);
});

test('a proxy list that trusts everybody has to be confirmed', () => {
  expect(problems({ trusted_proxies: ['0.0.0.0/0'] })[0]).toContain('confirm: true');
  expect(problems({ trusted_proxies: [{ cidr: '0.0.0.0/0', confirm: true }] })).toEqual([]);
});
