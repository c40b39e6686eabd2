import { expect, test } from '@jest/globals';

import { choosePerson, type Candidates } from '../../../src/sync/choose-person.ts';
import type { IdentityKind } from '../../../src/sync/compiled-sync.ts';

function matches(kind: IdentityKind, ids: readonly string[], by: 'link' | 'search' = 'search'): Candidates {
  const hits = ids.map((id) => ({ id, createdAt: null, record: null }));
  return { identity: { kind, value: kind, key: `${kind}:${kind}` }, by, hits, refused: 0 };
}

test('nobody', () => {
  expect(choosePerson(null, [matches('phone', [])], 'newest')).toEqual({ kind: 'none', refused: 0 });
});

test('the first identity that matches decides, in the operator’s order', () => {
  const candidates = [matches('external_id', []), matches('phone', ['7'])];
  expect(choosePerson(null, candidates, 'newest')).toMatchObject({ kind: 'found', id: '7', how: 'phone', taken: [] });
});

test('a call keeps its person, and what matches another is told and not taken', () => {
  const choice = choosePerson('1', [matches('phone', ['2'], 'link')], 'hold');
  expect(choice).toMatchObject({ kind: 'found', id: '1', how: 'link; phone matches 2 instead' });
  expect(choice).toMatchObject({ taken: [{ identity: { kind: 'phone' }, contactIds: ['2'] }] });
});

test('two records, one by phone and one by email: told, or held', () => {
  const candidates = [matches('phone', ['1']), matches('email', ['2'])];
  expect(choosePerson(null, candidates, 'newest')).toMatchObject({ id: '1', how: 'phone; email matches 2 instead' });
  expect(choosePerson(null, candidates, 'hold')).toEqual({
    kind: 'many',
    reason: 'phone phone matches 1; email email matches 2',
  });
});

test('of several with one number, the one that the email names too', () => {
  const candidates = [matches('phone', ['1', '2', '3']), matches('email', ['2'])];
  expect(choosePerson(null, candidates, 'hold')).toMatchObject({ kind: 'found', id: '2', taken: [] });
});

test('newest and oldest by creation, else by id', () => {
  const dated: Candidates = {
    ...matches('phone', []),
    hits: [
      { id: '1', createdAt: '2026-02-01T00:00:00Z', record: null },
      { id: '2', createdAt: '2026-01-01T00:00:00Z', record: null },
    ],
  };
  expect(choosePerson(null, [dated], 'newest')).toMatchObject({ id: '1', how: 'phone, the newest of 1, 2' });
  expect(choosePerson(null, [dated], 'oldest')).toMatchObject({ id: '2' });
  expect(choosePerson(null, [matches('phone', ['9', '10'])], 'newest')).toMatchObject({ id: '10' });
  expect(choosePerson(null, [dated], 'hold')).toEqual({ kind: 'many', reason: 'phone phone matches 1, 2' });
});
