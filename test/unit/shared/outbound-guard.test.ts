import { expect, test } from '@jest/globals';

import { addressInUrl, refusalOf } from '../../../src/shared/outbound-guard.ts';

/** As the URL of a request names its host; every spelling a browser would take for the same address. */
test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '127.0.0.1.',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '169.254.169.254',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '0.0.0.0',
  '[::]',
  '10.0.0.1',
  '[fe80::1]',
  '[fec0::1]',
  '224.0.0.1',
])('a request to %s is refused', (host) => {
  const address = addressInUrl(new URL(`http://${host}/`).hostname);
  expect(address).not.toBeNull();
  expect(refusalOf(address ?? '')).toMatch(/^is not a public address/);
});

test.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:93.184.215.14'])(
  '%s is public',
  (address) => {
    expect(refusalOf(address)).toBeNull();
  },
);
