import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { ESPO_KEY, startEspoCrm } from '../../simulators/espocrm.ts';
import { GHL_LOCATION, GHL_TOKEN, startGoHighLevel } from '../../simulators/gohighlevel.ts';
import { PIPEDRIVE_TOKEN, startPipedrive } from '../../simulators/pipedrive.ts';
import type { RecordTable } from '../../simulators/record-table.ts';
import type { ApiRequest, Simulator } from '../../simulators/simulator.ts';
import { startTwenty, TWENTY_KEY } from '../../simulators/twenty.ts';
import { exampleCall } from '../../support/call.ts';
import { openExample, type ExampleWorld } from '../../support/example-world.ts';

interface Example {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly start: () => Promise<{ simulator: Simulator; people: RecordTable; calls: RecordTable }>;
  /** How the person of the example call looks when somebody typed it in by hand. */
  readonly byHand: JsonObject;
  readonly makesPerson: (request: ApiRequest) => boolean;
  readonly makesCall: (request: ApiRequest) => boolean;
  /** Text of a call record that shows the summary. */
  readonly summaryOf: (fields: JsonObject) => unknown;
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'gohighlevel',
    environment: { GHL_TOKEN, GHL_LOCATION },
    async start() {
      const simulator = await startGoHighLevel();
      return { simulator, people: simulator.contacts, calls: simulator.notes };
    },
    byHand: { phone: '+12025550143', firstName: 'Dana', tags: ['vip'] },
    makesPerson: ({ method, path }) => method === 'POST' && path === '/contacts/upsert',
    makesCall: ({ method, path }) => method === 'POST' && path.endsWith('/notes'),
    summaryOf: ({ body }) => body,
  },
  {
    name: 'pipedrive',
    environment: { PIPEDRIVE_TOKEN },
    async start() {
      const simulator = await startPipedrive();
      return { simulator, people: simulator.persons, calls: simulator.activities };
    },
    byHand: { name: 'Dana', phones: [{ value: '+12025550143', primary: true }] },
    makesPerson: ({ method, path }) => method === 'POST' && path === '/api/v2/persons',
    makesCall: ({ method, path }) => method === 'POST' && path === '/api/v2/activities',
    summaryOf: ({ note }) => note,
  },
  {
    name: 'twenty',
    environment: { TWENTY_API_KEY: TWENTY_KEY },
    async start() {
      const simulator = await startTwenty();
      return { simulator, people: simulator.people, calls: simulator.calls };
    },
    byHand: {
      name: { firstName: 'Dana' },
      phones: { primaryPhoneNumber: '2025550143', primaryPhoneCallingCode: '+1' },
    },
    makesPerson: ({ method, path }) => method === 'POST' && path === '/rest/people',
    makesCall: ({ method, path }) => method === 'POST' && path === '/rest/calls',
    summaryOf: ({ summary }) => summary,
  },
  {
    name: 'espocrm',
    environment: { ESPO_API_KEY: ESPO_KEY },
    async start() {
      const simulator = await startEspoCrm();
      return { simulator, people: simulator.contacts, calls: simulator.calls };
    },
    byHand: { firstName: 'Dana', lastName: 'R.', phoneNumber: '+12025550143' },
    makesPerson: ({ method, path }) => method === 'POST' && path === '/api/v1/Contact',
    makesCall: ({ method, path }) => method === 'POST' && path === '/api/v1/Call',
    summaryOf: ({ description }) => description,
  },
];

const EARLY = exampleCall({ summary: null, analysis_state: 'none' });
const LATE = exampleCall({ version: 2, summary: 'Wants a "demo" & <soon>.' });

describe.each(EXAMPLES)('config/examples/$name.yaml', (example) => {
  let crm: Awaited<ReturnType<Example['start']>>;
  let world: ExampleWorld;
  beforeEach(async () => {
    crm = await example.start();
    const environment = { CALLAB_SECRET: 'a-secret-of-some-length', ...example.environment };
    world = openExample({ name: example.name, environment, url: crm.simulator.url });
  });
  afterEach(async () => {
    world.close();
    await crm.simulator.close();
  });
  const expectOneOfEach = (): void => {
    expect(crm.people.all()).toHaveLength(1);
    expect(crm.calls.all()).toHaveLength(1);
  };

  test('a call makes one person and one call log, and what is learned later is added to it', async () => {
    expect(await world.sync(EARLY)).toMatchObject({ kind: 'finished' });
    expectOneOfEach();
    expect(await world.sync(LATE)).toMatchObject({ kind: 'finished' });
    expectOneOfEach();
    expect(example.summaryOf(crm.calls.all()[0]?.fields ?? {})).toMatch(/Wants a ("|&quot;|&#34;)demo/);
    const requests = crm.simulator.requestCount();
    expect(await world.sync(LATE)).toMatchObject({ kind: 'finished' });
    expect(crm.simulator.requestCount()).toBe(requests);
  });

  test('a second call of the same person makes no second person', async () => {
    await world.sync(LATE);
    const second = exampleCall({ id: 'call_02', provider_call_id: 'another', ended_at: '2026-11-20T12:58:02Z' });
    expect(await world.sync(second)).toMatchObject({ kind: 'finished' });
    expect(crm.people.all()).toHaveLength(1);
    expect(crm.calls.all()).toHaveLength(2);
  });

  test('a person somebody typed in is found and kept as it is', async () => {
    const { id } = crm.people.insert(example.byHand);
    expect(await world.sync(LATE)).toMatchObject({ kind: 'finished' });
    expectOneOfEach();
    expect(crm.people.all()[0]?.id).toBe(id);
  });

  test.each(['makesPerson', 'makesCall'] as const)(
    'the answer to the request that %s is lost: still one of each',
    async (which) => {
      crm.simulator.fail({ when: example[which], fault: { kind: 'commit_then_drop' } });
      expect(await world.sync(LATE)).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
      expect(await world.sync(LATE)).toMatchObject({ kind: 'finished' });
      expectOneOfEach();
    },
  );

  test.each(['makesPerson', 'makesCall'] as const)(
    'the request that %s never arrives: one of each, once it is sure',
    async (which) => {
      crm.simulator.fail({ when: example[which], fault: { kind: 'drop' } });
      expect(await world.sync(LATE)).toMatchObject({ kind: 'stopped', outcome: { kind: 'retry' } });
      world.clock.advance(60_000);
      expect(await world.sync(LATE)).toMatchObject({ kind: 'finished' });
      expectOneOfEach();
    },
  );

  test('a rate limit is heeded and costs nothing but time', async () => {
    const answer = { status: 429, body: 'Too Many Requests', headers: { 'Retry-After': '3' } };
    crm.simulator.fail({ when: example.makesCall, fault: { kind: 'answer', answer } });
    const result = await world.sync(LATE);
    expect(result).toMatchObject({
      kind: 'stopped',
      outcome: { kind: 'retry', notBeforeMs: world.clock.now() + 3000 },
    });
    world.clock.advance(3000);
    expect(await world.sync(LATE)).toMatchObject({ kind: 'finished' });
    expectOneOfEach();
  });

  test('`check --live` tries the credentials and writes nothing', async () => {
    const { contextFor } = world.runtime.openContext({ mode: 'live', signal: new AbortController().signal });
    expect(await world.destination.check(contextFor('check'))).toEqual([
      { level: 'ok', message: expect.stringContaining('200') },
    ]);
    expect(crm.people.all()).toEqual([]);
  });
});
