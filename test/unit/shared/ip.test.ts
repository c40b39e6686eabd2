import { describe, expect, test } from '@jest/globals';

import {
  clientAddress,
  isAllowed,
  normalizeAddress,
  parseCidrs,
  type Cidr,
  type CidrEntry,
} from '../../../src/shared/ip.ts';

function cidrs(...entries: readonly CidrEntry[]): readonly Cidr[] {
  const parsed = parseCidrs(entries);
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  return parsed.cidrs;
}

describe('trap 19: the client address behind proxies', () => {
  const proxies = cidrs('10.0.0.0/8', '2001:db8::/32');

  test.each([
    {
      name: 'without trusted proxies the socket counts',
      socket: '198.51.100.7',
      lines: ['203.0.113.9'],
      trusted: [],
      client: '198.51.100.7',
    },
    {
      name: 'an untrusted socket counts, whatever the header says',
      socket: '198.51.100.7',
      lines: ['203.0.113.9'],
      client: '198.51.100.7',
    },
    {
      name: 'a trusted socket hands over to the rightmost entry',
      socket: '10.0.0.1',
      lines: ['6.6.6.6, 203.0.113.9'],
      client: '203.0.113.9',
    },
    {
      name: 'trusted entries are skipped from the right',
      socket: '10.0.0.1',
      lines: ['6.6.6.6, 203.0.113.9, 10.2.0.1'],
      client: '203.0.113.9',
    },
    {
      name: 'several header lines are one list',
      socket: '10.0.0.1',
      lines: ['6.6.6.6', '203.0.113.9, 10.3.0.1'],
      client: '203.0.113.9',
    },
    {
      name: 'a mapped socket address is recognised as trusted',
      socket: '::ffff:10.0.0.1',
      lines: ['203.0.113.9'],
      client: '203.0.113.9',
    },
    {
      name: 'ports and brackets are taken off',
      socket: '10.0.0.1',
      lines: ['[2001:db9::5]:443'],
      client: '2001:db9::5',
    },
    { name: 'only proxies: the farthest one', socket: '10.0.0.1', lines: ['10.9.9.9'], client: '10.9.9.9' },
    { name: 'no header: the proxy itself', socket: '10.0.0.1', lines: [], client: '10.0.0.1' },
  ])('$name', ({ socket, lines, trusted = proxies, client }) => {
    expect(clientAddress(socket, lines, trusted)).toBe(client);
  });

  test.each(['unknown', '', '_hidden', '1.2.3', '203.0.113.9 evil'])(
    'garbage (%p) where it decides means nobody',
    (garbage) => {
      expect(clientAddress('10.0.0.1', [`203.0.113.9, ${garbage}`], proxies)).toBeNull();
    },
  );

  test('garbage to the left of the deciding entry does not matter', () => {
    expect(clientAddress('10.0.0.1', ['<script>, 203.0.113.9'], proxies)).toBe('203.0.113.9');
  });
});

describe('trap 20: addresses in every dress', () => {
  test.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['[::1]', '::1'],
    ['[::1]:8080', '::1'],
    ['192.0.2.1:8080', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
  ])('%s is %s', (written, normal) => {
    expect(normalizeAddress(written)).toBe(normal);
  });

  test.each([
    '127.1',
    '010.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '::ffff:010.0.0.1',
    '1.2.3.4.5',
    '256.1.1.1',
    '',
    'localhost',
    '::1::',
  ])('%p is no address', (written) => {
    expect(normalizeAddress(written)).toBeNull();
    expect(isAllowed(written, cidrs('0.0.0.0/1', '::/1'))).toBe(false);
  });

  test('matching is by bits, not by text', () => {
    const list = cidrs('203.0.113.128/25', '2001:db8:1::/48', '198.51.100.7');
    expect(
      ['203.0.113.128', '203.0.113.255', '::ffff:203.0.113.200', '2001:db8:1:ffff::1', '198.51.100.7'].every((one) =>
        isAllowed(one, list),
      ),
    ).toBe(true);
    expect(
      ['203.0.113.127', '2001:db8:2::1', '198.51.100.70', '::ffff:cb00:717f'].some((one) => isAllowed(one, list)),
    ).toBe(false);
  });

  test('a mapped network is an IPv4 network', () => {
    expect(isAllowed('192.0.2.9', cidrs('::ffff:192.0.2.0/120'))).toBe(true);
    expect(isAllowed('192.0.3.9', cidrs('::ffff:192.0.2.0/120'))).toBe(false);
  });

  test.each(['0.0.0.0/0', '::/0', '::ffff:0.0.0.0/96'])('%s needs a confirmation', (everything) => {
    expect(parseCidrs([everything])).toMatchObject({
      kind: 'invalid',
      problems: [{ index: 0, problem: expect.stringContaining('confirm: true') }],
    });
    expect(parseCidrs([{ cidr: everything, confirm: true }])).toMatchObject({ kind: 'ok' });
  });

  test('one wrong entry makes the whole list an error that names it', () => {
    const parsed = parseCidrs([
      '203.0.113.0/24',
      '203.0.113.0/33',
      'example.com',
      '010.0.0.0/8',
      '1.2.3.4/',
      '::ffff:1.2.3.4/64',
    ]);
    expect(parsed.kind === 'invalid' && parsed.problems.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5]);
  });
});
