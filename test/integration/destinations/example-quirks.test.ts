import { afterEach, expect, test } from '@jest/globals';

import { ESPO_KEY, startEspoCrm } from '../../simulators/espocrm.ts';
import { GHL_LOCATION, GHL_TOKEN, startGoHighLevel } from '../../simulators/gohighlevel.ts';
import { PIPEDRIVE_TOKEN, startPipedrive } from '../../simulators/pipedrive.ts';
import type { Simulator } from '../../simulators/simulator.ts';
import { startTwenty, TWENTY_KEY } from '../../simulators/twenty.ts';
import { exampleCall } from '../../support/call.ts';
import { openExample, type ExampleWorld } from '../../support/example-world.ts';

/* What each CRM does in its own way, and what the example configs make of it. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function open(name: string, simulator: Simulator, environment: Record<string, string>): ExampleWorld {
  const world = openExample({
    name,
    url: simulator.url,
    environment: { CALLAB_SECRET: 'a-secret-of-some-length', ...environment },
  });
  closers.push(
    () => world.close(),
    () => simulator.close(),
  );
  return world;
}

test('GoHighLevel: a person typed in between our look and our write is found by upsert and keeps their tags', async () => {
  const crm = await startGoHighLevel();
  const world = open('gohighlevel', crm, { GHL_TOKEN, GHL_LOCATION });
  const nobody = { status: 200, body: { contact: null } };
  crm.fail({
    when: ({ path }) => path.endsWith('/search/duplicate'),
    times: 2,
    fault: { kind: 'answer', answer: nobody },
  });
  const { id } = crm.contacts.insert({ phone: '+12025550143', tags: ['vip'] });
  expect(await world.sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(crm.contacts.all()).toMatchObject([{ id, fields: { tags: ['vip'], firstName: 'Dana' } }]);
});

test('GoHighLevel: phone of one and email of another person are never merged by a write', async () => {
  const crm = await startGoHighLevel();
  const world = open('gohighlevel', crm, { GHL_TOKEN, GHL_LOCATION });
  crm.contacts.insert({ phone: '+12025550143' });
  crm.contacts.insert({ email: 'dana.reed@example.com' });
  await world.sync(exampleCall());
  expect(crm.requests.some(({ path }) => path === '/contacts/upsert')).toBe(false);
  expect(crm.contacts.all()).toHaveLength(2);
});

test('Pipedrive: the daily budget is used up: everything waits, nothing is asked', async () => {
  const crm = await startPipedrive();
  const world = open('pipedrive', crm, { PIPEDRIVE_TOKEN });
  crm.setTokens(10);
  const result = await world.sync(exampleCall());
  expect(result).toMatchObject({ kind: 'stopped', outcome: { kind: 'held', untilMs: world.clock.now() + 3_600_000 } });
  const requests = crm.requestCount();
  expect(await world.sync(exampleCall())).toMatchObject({ kind: 'stopped', outcome: { kind: 'held' } });
  expect(crm.requestCount()).toBe(requests);
});

test('Pipedrive: Cloudflare answers 403 in HTML: a pause, no dead letter', async () => {
  const crm = await startPipedrive();
  const world = open('pipedrive', crm, { PIPEDRIVE_TOKEN });
  const wall = {
    status: 403,
    body: '<html>Access denied</html>',
    headers: { 'Content-Type': 'text/html; charset=UTF-8' },
  };
  crm.fail({ fault: { kind: 'answer', answer: wall } });
  expect(await world.sync(exampleCall())).toMatchObject({ kind: 'stopped', outcome: { kind: 'held' } });
});

test('Pipedrive: a person without an email gets no hollow one', async () => {
  const crm = await startPipedrive();
  const world = open('pipedrive', crm, { PIPEDRIVE_TOKEN });
  expect(await world.sync(exampleCall({ contact: {} }))).toMatchObject({ kind: 'finished' });
  expect(crm.persons.all()[0]?.fields).toEqual({
    name: '+12025550143',
    phones: [{ value: '+12025550143', primary: true, label: 'work' }],
  });
});

test('Twenty: an address somebody took a moment ago is answered 400: looked up, adopted', async () => {
  const crm = await startTwenty();
  const world = open('twenty', crm, { TWENTY_API_KEY: TWENTY_KEY });
  const nobody = { status: 200, body: { data: { people: [] } } };
  crm.fail({
    when: ({ method, path }) => method === 'GET' && path === '/rest/people',
    times: 2,
    fault: { kind: 'answer', answer: nobody },
  });
  const { id } = crm.people.insert({ emails: { primaryEmail: 'dana.reed@example.com' } });
  expect(await world.sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(crm.people.all().map((person) => person.id)).toEqual([id]);
  expect(crm.calls.all()).toMatchObject([{ fields: { personId: id } }]);
});

test('EspoCRM: somebody else of the same name stays somebody else', async () => {
  const crm = await startEspoCrm();
  const world = open('espocrm', crm, { ESPO_API_KEY: ESPO_KEY });
  crm.contacts.insert({ firstName: 'Dana', lastName: 'Reed', phoneNumber: '+13035550100' });
  expect(await world.sync(exampleCall())).toMatchObject({ kind: 'finished' });
  expect(crm.contacts.all()).toHaveLength(2);
  expect(crm.calls.all()).toMatchObject([
    { fields: { dateStart: '2026-11-20 11:55:00', status: 'Held', direction: 'Inbound' } },
  ]);
});

test('EspoCRM: what it refuses is told in its own words', async () => {
  const crm = await startEspoCrm();
  const world = open('espocrm', crm, { ESPO_API_KEY: ESPO_KEY });
  const reason = 'Field validation failure; entityType: Call, field: status, type: valid';
  const refusal = { status: 400, headers: { 'X-Status-Reason': reason } };
  crm.fail({ when: ({ path }) => path === '/api/v1/Call', times: 3, fault: { kind: 'answer', answer: refusal } });
  crm.fail({ when: ({ path }) => path === '/api/v1/Call', fault: { kind: 'answer', answer: refusal } });
  expect(await world.sync(exampleCall())).toMatchObject({
    kind: 'stopped',
    outcome: { kind: 'rejected', reason: expect.stringContaining(reason) },
  });
});
