import { expect, test } from '@jest/globals';

import { createSource, sourceConfigSchema } from '../../../src/platforms/source-config.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';

function warningsOf(receiptKey: unknown, signature: object): readonly string[] {
  const issues: ConfigIssue[] = [];
  const config = sourceConfigSchema.parse({
    platform: 'custom',
    secrets: ['0123456789abcdef0123456789abcdef'],
    signature: { header: 'X-Signature', ...signature },
    event: { default: 'call.ended' },
    call_id: 'id',
    receipt_key: receiptKey,
    fields: {},
  });
  const { warnings } = createSource(config, issues, ['sources', 'dialler']);
  expect(issues).toEqual([]);
  return warnings;
}

const UNSIGNED = { join: [{ header: 'X-Delivery-Id' }] };

test('a receipt key from a header that is not signed is worth a warning', () => {
  expect(warningsOf(UNSIGNED, {})).toEqual([expect.stringMatching(/^receipt_key reads the header x-delivery-id, /)]);
  const other = { signed: '{timestamp}.{body}', timestamp: { header: 'X-Time' } };
  expect(warningsOf(UNSIGNED, other)).toHaveLength(1);
});

test('one from the body or from a signed header is not', () => {
  expect(warningsOf('id', {})).toEqual([]);
  expect(warningsOf({ join: [...UNSIGNED.join, { body_hash: true }] }, {})).toEqual([]);
  expect(warningsOf(UNSIGNED, { signed: '{id}.{body}', id_header: 'X-Delivery-ID' })).toEqual([]);
  const time = { join: [{ header: 'X-Time' }, 'id'] };
  expect(warningsOf(time, { signed: '{timestamp}.{body}', timestamp: { header: 'X-Time' } })).toEqual([]);
});
