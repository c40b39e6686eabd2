import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { Destination, RecordWrite } from '../../../src/destinations/destination.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { createHttpClient } from '../../../src/shared/http-client.ts';
import { startSimulator, type ApiAnswer, type Simulator } from '../../simulators/simulator.ts';
import { buildRest, SIMPLE_CONTACT } from '../../support/build-rest.ts';
import { createTestContext, type TestContext } from '../../support/destination-context.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

/* Answers as the test writes them: what a rest destination makes of each. */

let simulator: Simulator;
let answers: ApiAnswer[];
let clock: ManualClock;
const open = createHttpClient({ allowPrivateNetworks: true });
const guarded = createHttpClient({ allowPrivateNetworks: false });

beforeEach(async () => {
  answers = [];
  clock = createManualClock();
  simulator = await startSimulator(() => answers.shift() ?? { status: 500, body: 'no answer was written' });
});
afterEach(async () => {
  open.close();
  guarded.close();
  await simulator.close();
});

function build(config: JsonObject): Destination {
  const { destination, issues } = buildRest({ base_url: simulator.url, ...config }, { clock });
  expect(issues).toEqual([]);
  return destination;
}

const context = (): TestContext => createTestContext(open);

function wish(changes: Partial<RecordWrite> = {}): RecordWrite {
  const fields = changes.fields ?? { note: 'x' };
  return {
    kind: 'contact',
    key: 'k',
    id: null,
    contactId: null,
    attach: false,
    attemptedAtMs: null,
    scope: {},
    fields,
    allFields: fields,
    ...changes,
  };
}

test('a private address is refused before anything is sent', async () => {
  const destination = build({});
  expect(destination.allowPrivateNetworks).toBe(false);
  const result = await destination.findContacts({ by: 'phone', value: '+1' }, {}, createTestContext(guarded));
  expect(result).toMatchObject({ kind: 'retry', reason: expect.stringContaining('not a public address') });
  expect(simulator.requestCount()).toBe(0);
  expect(build({ allow_private_networks: true }).allowPrivateNetworks).toBe(true);
});

test.each<[auth: JsonObject, seen: (request: Simulator['requests'][number]) => unknown, value: string]>([
  [{ type: 'bearer', token: 't' }, ({ headers }) => headers['authorization'], 'Bearer t'],
  [
    { type: 'bearer', token: 't', scheme: 'Zoho-oauthtoken' },
    ({ headers }) => headers['authorization'],
    'Zoho-oauthtoken t',
  ],
  [{ type: 'header', name: 'X-Api-Key', value: 't' }, ({ headers }) => headers['x-api-key'], 't'],
  [{ type: 'query', name: 'api_token', value: 'a&b' }, ({ query }) => query.get('api_token'), 'a&b'],
  [{ type: 'basic', username: 'key', password: 'X' }, ({ headers }) => headers['authorization'], 'Basic a2V5Olg='],
])('auth %j', async (auth, seen, value) => {
  answers = [{ status: 200, body: { items: [] } }];
  expect(await build({ auth }).findContacts({ by: 'phone', value: '+1' }, {}, context())).toEqual({
    kind: 'ok',
    value: [],
  });
  expect(seen(simulator.requests[0] as Simulator['requests'][number])).toBe(value);
});

describe('lookups', () => {
  const find = (lookup: JsonObject, value = '+12025550143'): ReturnType<Destination['findContacts']> =>
    build({ contact: { ...SIMPLE_CONTACT, lookup: [lookup] } }).findContacts(
      { by: 'phone', value },
      { contact: { phone: '+19' } },
      context(),
    );
  const BY_PHONE = { path: '/contacts', query: { phone: '{{ contact.phone }}' }, records: 'items', phones: 'phones[]' };

  test('the identity asked for stands in the request, not the one the call knows', async () => {
    answers = [{ status: 200, body: { items: [] } }];
    await find(BY_PHONE);
    expect(simulator.requests[0]?.query.get('phone')).toBe('+12025550143');
  });

  test('numbers are told as E.164, however people typed them', async () => {
    answers = [
      {
        status: 200,
        body: {
          items: [
            { id: 1, phones: ['(202) 555-0143', '+1 303 555 0100', 'n/a'] },
            { id: 2, phones: [] },
          ],
        },
      },
    ];
    expect(await find(BY_PHONE)).toMatchObject({
      kind: 'ok',
      value: [
        { id: '1', phones: ['+12025550143', '+13035550100'] },
        { id: '2', phones: null },
      ],
    });
  });

  test('one record instead of a list, and null for nobody', async () => {
    answers = [
      { status: 200, body: { contact: { id: 7, dateAdded: 1_762_000_000_000 } } },
      { status: 200, body: { contact: null } },
    ];
    const lookup = { ...BY_PHONE, records: 'contact' };
    expect(await find(lookup)).toMatchObject({
      kind: 'ok',
      value: [{ id: '7', createdAt: '2025-11-01T12:26:40.000Z' }],
    });
    expect(await find(lookup)).toEqual({ kind: 'ok', value: [] });
  });

  test('an answer that cannot be read is never "nobody"', async () => {
    answers = [
      { status: 200, body: { error: 'internal' } },
      { status: 200, body: '<html>' },
      { status: 200, body: { items: [{ name: 'no id' }] } },
      { status: 404, body: 'Not Found' },
    ];
    expect(await find(BY_PHONE)).toMatchObject({ kind: 'retry', reason: expect.stringContaining('records') });
    expect(await find(BY_PHONE)).toMatchObject({ kind: 'retry' });
    expect(await find(BY_PHONE)).toMatchObject({ kind: 'retry', reason: expect.stringContaining('id') });
    expect(await find(BY_PHONE)).toMatchObject({ kind: 'rejected' });
  });

  test('`none` says which answer means nobody', async () => {
    answers = [{ status: 404, body: { code: 'no_match' } }];
    expect(await find({ ...BY_PHONE, none: 'status == 404 and body.code == "no_match"' })).toEqual({
      kind: 'ok',
      value: [],
    });
  });

  test('`found` picks among the records', async () => {
    answers = [
      {
        status: 200,
        body: {
          items: [
            { id: 1, state: 'archived' },
            { id: 2, state: 'open' },
          ],
        },
      },
    ];
    expect(await find({ ...BY_PHONE, found: 'record.state == "open"' })).toMatchObject({
      kind: 'ok',
      value: [{ id: '2' }],
    });
  });
});

describe('writes', () => {
  test('200 with an error in it is caught by `success`', async () => {
    const contact = { ...SIMPLE_CONTACT, success: 'body.ok == true' };
    answers = [{ status: 200, body: { ok: false, error: 'name_taken' } }];
    expect(await build({ contact }).write(wish(), context())).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('name_taken'),
    });
  });

  test('a new record whose id is not told has to be looked for', async () => {
    answers = [{ status: 200, body: { error: 'internal' } }];
    expect(await build({}).write(wish(), context())).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('id'),
    });
  });

  test('the id may stand in one of several places, the Location header among them', async () => {
    const contact = { ...SIMPLE_CONTACT, id: ['data.id', '$location'] };
    answers = [
      { status: 201, body: { data: { id: 12 } } },
      { status: 201, headers: { Location: 'https://crm.example.com/contacts/a%2F9?x=1' } },
    ];
    expect(await build({ contact }).write(wish(), context())).toEqual({
      kind: 'ok',
      value: { id: '12', created: true },
    });
    expect(await build({ contact }).write(wish(), context())).toEqual({
      kind: 'ok',
      value: { id: 'a/9', created: true },
    });
  });

  test('several records by one key are not guessed between, unless that was said', async () => {
    const byKey = { path: '/contacts', query: { ref: '{{ key }}' }, records: 'items' };
    const items = [
      { id: 'b', created_at: '2026-02-01T00:00:00Z' },
      { id: 'a', created_at: '2026-01-01T00:00:00Z' },
    ];
    const contact = { ...SIMPLE_CONTACT, lookup: [byKey] };
    answers = [{ status: 200, body: { items } }];
    expect(await build({ contact }).write(wish(), context())).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('b, a'),
    });
    answers = [
      { status: 200, body: { items } },
      { status: 200, body: {} },
    ];
    expect(await build({ contact: { ...contact, ambiguous: 'oldest' } }).write(wish(), context())).toMatchObject({
      value: { id: 'a' },
    });
  });

  test('find_then_update makes nobody', async () => {
    const contact = {
      strategy: 'find_then_update',
      lookup: SIMPLE_CONTACT['lookup'] as JsonObject[],
      update: { path: '/contacts/{{ id }}' },
    };
    const trying = context();
    expect(await build({ contact }).write(wish(), trying)).toMatchObject({
      kind: 'rejected',
      hint: expect.stringContaining('on_no_match'),
    });
    expect(trying.sent).toEqual([]);
  });

  test('put says everything each time, an update only what changed', async () => {
    const call = { strategy: 'put', put: { path: '/calls/{{ key }}' } };
    answers = [
      { status: 200, body: {} },
      { status: 200, body: { id: 'c1' } },
    ];
    const destination = build({ call });
    const changes = { id: 'c1', fields: { summary: 's' }, allFields: { summary: 's', status: 'completed' } };
    expect(await destination.write(wish({ kind: 'call', ...changes }), context())).toEqual({
      kind: 'ok',
      value: { id: 'c1', created: false },
    });
    expect(await destination.write(wish(changes), context())).toMatchObject({ kind: 'ok' });
    expect(simulator.requests.map(({ body }) => body)).toEqual([
      { summary: 's', status: 'completed' },
      { summary: 's' },
    ]);
  });

  test('a message is sent once and never changed', async () => {
    const call = {
      strategy: 'append',
      create: { path: '/chat', body: { text: '{{ fields.text }}' } },
      success: 'body == "ok"',
    };
    const destination = build({ call });
    expect(destination.appendOnly).toEqual(['call']);
    answers = [{ status: 200, body: 'ok' }];
    const message = wish({ kind: 'call', key: 'callab/1', fields: { text: 'hi' } });
    expect(await destination.write(message, context())).toEqual({
      kind: 'ok',
      value: { id: 'callab/1', created: true },
    });
    expect(await destination.write({ ...message, id: 'callab/1' }, context())).toMatchObject({ kind: 'rejected' });
    expect(await destination.recover(message, context())).toEqual({ kind: 'unknowable' });
  });

  test('an idempotency key is an ordinary header', async () => {
    const contact = {
      ...SIMPLE_CONTACT,
      create: { path: '/contacts', headers: { 'Idempotency-Key': '{{ key | hash }}' } },
      unknown_outcome: 'safe_to_retry',
    };
    answers = [{ status: 201, body: { id: 1 } }];
    const destination = build({ contact });
    await destination.write(wish(), context());
    expect(simulator.requests[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/);
    expect(await destination.recover(wish(), context())).toEqual({ kind: 'repeatable' });
  });

  test('a value that would split a header or leave its path is refused, and nothing is sent', async () => {
    const contact = { ...SIMPLE_CONTACT, create: { path: '/contacts', headers: { 'X-Name': '{{ contact.name }}' } } };
    const trying = context();
    const name = 'a\r\nX-Admin: 1';
    expect(await build({ contact }).write(wish({ scope: { contact: { name } } }), trying)).toMatchObject({
      kind: 'rejected',
    });
    expect(await build({}).write(wish({ id: '..' }), trying)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('lead elsewhere'),
    });
    expect(trying.sent).toEqual([]);
  });
});

describe('an index that lags', () => {
  test('"not found" is not believed before it had its time', async () => {
    const contact = { ...SIMPLE_CONTACT, index_lag: '20s' };
    const destination = build({ contact });
    const scope = { contact: { phone: '+12025550143' } };
    const attemptedAtMs = clock.now();
    answers = [
      { status: 200, body: { items: [] } },
      { status: 200, body: { items: [] } },
    ];
    clock.advance(5000);
    expect(await destination.recover(wish({ scope, attemptedAtMs }), context())).toMatchObject({
      kind: 'retry',
      notBeforeMs: attemptedAtMs + 20_000,
    });
    clock.advance(15_000);
    expect(await destination.recover(wish({ scope, attemptedAtMs }), context())).toEqual({
      kind: 'ok',
      value: { found: null },
    });
  });
});
