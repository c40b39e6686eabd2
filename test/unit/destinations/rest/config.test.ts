import { describe, expect, test } from '@jest/globals';

import { restSchema } from '../../../../src/destinations/rest/schema.ts';
import type { JsonObject } from '../../../../src/domain/json.ts';
import { buildRest, SIMPLE_CONTACT } from '../../../support/build-rest.ts';

const LOOKUP = SIMPLE_CONTACT['lookup'] as JsonObject[];

test('the shortest config does something good', () => {
  const { destination, issues } = buildRest({});
  expect(issues).toEqual([]);
  expect(destination.kinds).toEqual(['contact']);
  expect(destination.defaults.contact).toMatchObject({ phone: '{{ contact.phone }}' });
});

test('the example of design.md is a config', () => {
  const { destination, issues } = buildRest({
    auth: { type: 'bearer', token: 't' },
    contact: {
      strategy: 'find_or_create',
      lookup: [{ path: '/contacts', query: { phone: '{{ contact.phone }}' }, records: 'items', id: 'id' }],
      create: { method: 'POST', path: '/contacts' },
      update: { method: 'PATCH', path: '/contacts/{{ id }}' },
      id: 'id',
    },
    call: { strategy: 'put', put: { method: 'PUT', path: '/calls/{{ call.id }}' } },
  });
  expect(issues).toEqual([]);
  expect(destination.kinds).toEqual(['contact', 'call']);
});

describe('what does not fit together is told with its place', () => {
  test.each<[what: string, config: JsonObject, path: string, message: string]>([
    [
      'unknown variable',
      { contact: { ...SIMPLE_CONTACT, create: { path: '/x', body: { a: '{{ contakt.phone }}' } } } },
      'contact.create.body.a',
      'contact',
    ],
    ['bad template', { contact: { ...SIMPLE_CONTACT, create: { path: '/x/{{ id' } } }, 'contact.create.path', ''],
    ['bad condition', { contact: { ...SIMPLE_CONTACT, success: 'body.ok = true' } }, 'contact.success', '=='],
    [
      'condition on a call where an answer stands',
      { contact: { ...SIMPLE_CONTACT, success: 'call.id == 1' } },
      'contact.success',
      'call',
    ],
    ['missing request', { contact: { strategy: 'upsert' } }, 'contact', 'needs a `upsert` request'],
    ['request without use', { contact: { ...SIMPLE_CONTACT, put: { path: '/x' } } }, 'contact.put', 'never sends'],
    [
      'a person under a key that changes',
      { contact: { strategy: 'put', put: { path: '/people/{{ key }}' } } },
      'contact.put',
      'second contact',
    ],
    ['missing lookup', { contact: { ...SIMPLE_CONTACT, lookup: [] } }, 'contact', 'needs a `lookup`'],
    [
      'lookup for nobody knows what',
      { contact: { ...SIMPLE_CONTACT, lookup: [{ path: '/x', query: { q: '{{ contact.name }}' } }] } },
      'contact.lookup.0',
      'by: phone',
    ],
    [
      'verify without lookup',
      { call: { strategy: 'append', create: { path: '/x' }, unknown_outcome: 'verify_then_retry' } },
      'call.unknown_outcome',
      'lookup',
    ],
    [
      'people as messages',
      { contact: { strategy: 'append', create: { path: '/x' } } },
      'contact.strategy',
      'not for contacts',
    ],
    [
      'a key that is none',
      {
        auth: {
          type: 'oauth2_jwt_bearer',
          token_url: 'https://x.example',
          issuer: 'i',
          audience: 'a',
          private_key: 'PRIVATE KEY',
        },
      },
      'auth.private_key',
      'PEM',
    ],
  ])('%s', (_what, config, path, message) => {
    const { issues } = buildRest(config);
    expect(issues.map((issue) => issue.path.join('.'))).toContain(`destinations.crm.${path}`);
    expect(issues.map((issue) => issue.message).join('\n')).toContain(message);
  });
});

describe('what is no config at all', () => {
  const parse = (config: JsonObject): string =>
    JSON.stringify(
      restSchema.safeParse({ type: 'rest', base_url: 'https://crm.example.com', contact: SIMPLE_CONTACT, ...config })
        .error?.issues ?? 'accepted',
    );

  test.each<[config: JsonObject, message: string]>([
    [{ base_url: 'crm.example.com' }, 'absolute URL'],
    [{ base_url: 'https://user:pass@crm.example.com' }, 'without user'],
    [{ base_url: 'file:///etc' }, 'absolute URL'],
    [{ headers: { 'X-A': 'a\r\nb: c' } }, 'line breaks'],
    [{ headers: { 'X A': 'a' } }, 'name of a header'],
    [{ timeout: '30x' }, 'length of time'],
    [{ contact: { ...SIMPLE_CONTACT, create: { path: 'contacts' } } }, 'must start with /'],
    [{ contact: { ...SIMPLE_CONTACT, create: { path: '/contacts?x=1' } } }, 'must start with /'],
    [{ contact: { ...SIMPLE_CONTACT, id: 'a[' } }, 'is not a path'],
    [{ contact: { ...SIMPLE_CONTACT, colour: 'red' } }, 'colour'],
    [{ errors: [{ when: {}, do: 'retry' }] }, 'needs status, body, or both'],
    [{ auth: { type: 'bearer', token: '' } }, 'must not be empty'],
  ])('%j', (config, message) => {
    expect(parse(config)).toContain(message);
  });
});

test('kinds below a contact are not written without one', () => {
  const call = (path: string, body: JsonObject): JsonObject => ({
    call: { strategy: 'find_or_create', lookup: LOOKUP, create: { path, body }, update: { path: '/notes/{{ id }}' } },
  });
  expect(buildRest(call('/contacts/{{ contact_id }}/notes', {})).destination.needsContact).toEqual(['call']);
  expect(buildRest(call('/notes', { contact: '{{ contact_id }}' })).destination.needsContact).toEqual([]);
});
