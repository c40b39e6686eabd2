import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { finished, inputsOf, integration, LEASE_MS, openHouse, scripted, stopped, type House } from './harness.ts';

const MINUTE = 60_000;
const ENDED = {
  call: 'c1',
  type: 'call.ended',
  facts: { status: 'completed', customer_number: '+12025550143' },
} as const;
const ANALYZED = { call: 'c1', type: 'call.analyzed', facts: { summary: 'wants a quote' }, analysis: 'done' } as const;

// Every wait has its own limit; this one only has to be longer, on a busy machine too.

let house: House;

beforeEach(async () => {
  house = await openHouse();
});

afterEach(async () => {
  await house.close();
});

describe('a run', () => {
  test('does what its integration says and is done', async () => {
    const action = scripted('crm');
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    const run = await house.runIn('done');
    expect(run).toMatchObject({ integration: 'Sync', destination: 'crm', attempts: 1, configHash: 'config-1' });
    const [input] = action.inputs;
    expect(input).toMatchObject({ callKey: 'tests/c1', integration: 'Sync', step: 0, mode: 'live', force: false });
    expect(input?.scope).toMatchObject({
      call: { id: 'c1' },
      contact: { phone: '+12025550143' },
      history: { total_calls: 1 },
    });
  });

  test('a call that nobody wants says why', async () => {
    house.startWorker({ integrations: [integration([scripted('crm')], { sources: new Set(['other']) })] });
    await house.deliver(ENDED);
    await house.deliver({ call: 'c2', type: 'call.started' });
    const page = await house.calls(2);
    const stories = await Promise.all(page.map(({ call }) => house.ledger.callStory(call.id)));
    expect(stories.map((story) => story?.unmatched)).toEqual([
      ['Sync: does not listen to source tests'],
      ['Sync: does not listen to source tests'],
    ]);
  });

  test('is retried with its reason, and ends as a dead letter when its attempts are used up', async () => {
    const action = scripted('crm', () => stopped({ kind: 'retry', reason: 'HTTP 503' }));
    house.startWorker({
      integrations: [integration([action], { retry: { attempts: 3, firstMs: 1_000, maxMs: 60_000 } })],
    });
    await house.deliver(ENDED);
    await house.attempts(1);
    expect(await house.runIn('due')).toMatchObject({ attempts: 1, reason: 'HTTP 503' });
    house.clock.advance(MINUTE);
    await house.attempts(2);
    house.clock.advance(MINUTE);
    const run = await house.runIn('dead');
    expect(run.reason).toBe('HTTP 503');
    expect(action.inputs.map(({ urgency }) => urgency)).toEqual(['first', 'retry', 'retry']);
    expect(house.log.filter(({ event }) => event === 'run.attempted').map(({ level }) => level)).toEqual([
      'warn',
      'warn',
      'error',
    ]);
  });

  test('a dead letter is replayed with a fresh count of attempts', async () => {
    const action = scripted('crm', (_input, time) =>
      time === 1 ? stopped({ kind: 'rejected', reason: 'bad field' }) : finished(),
    );
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    const dead = await house.runIn('dead');
    const replayed = await house.ledger.replay({ id: dead.id, force: true, nowMs: house.clock.now() });
    expect(replayed).toEqual([{ runId: dead.id, destination: 'crm' }]);
    house.ring('crm');
    await house.runIn('done');
    expect(action.inputs[1]).toMatchObject({ force: true, urgency: 'replay' });
  });

  test('waits in the line of a busy destination without using up attempts', async () => {
    const action = scripted('crm', (_input, time) =>
      time <= 4 ? stopped({ kind: 'retry', reason: 'HTTP 429', notBeforeMs: house.clock.now() + MINUTE }) : finished(),
    );
    house.startWorker({
      integrations: [integration([action], { retry: { attempts: 2, firstMs: 1_000, maxMs: 1_000 } })],
    });
    await house.deliver(ENDED);
    for (const count of [1, 2, 3, 4]) {
      await house.attempts(count);
      expect((await house.runIn('due')).dueAtMs).toBeGreaterThanOrEqual(house.clock.now() + MINUTE);
      house.clock.advance(2 * MINUTE);
    }
    await house.runIn('done');
  });

  test('held until a time goes on by itself, held without one waits for a person', async () => {
    const action = scripted('crm', ({ call }, time) => {
      if (call.provider_call_id === 'c2') return stopped({ kind: 'held', reason: 'two candidates: 1, 2' });
      return time === 1 ? stopped({ kind: 'held', reason: 'quota', untilMs: house.clock.now() + MINUTE }) : finished();
    });
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    expect(await house.runIn('held')).toMatchObject({ reason: 'quota', dueAtMs: house.clock.now() + MINUTE });
    await house.deliver({ ...ENDED, call: 'c2' });
    expect(await house.runIn('held', 'c2')).toMatchObject({ reason: 'two candidates: 1, 2' });
    house.clock.advance(MINUTE);
    await house.runIn('done');
    expect(action.inputs.map(({ call }) => call.provider_call_id)).toEqual(['c1', 'c2', 'c1']);
  });

  test('whatever an action throws is a retry and an error in the log, never a stuck run', async () => {
    const action = scripted('crm', (_input, time) => {
      if (time === 1) throw new Error('undefined is not a function');
      return finished();
    });
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await house.attempts(1);
    const run = await house.runIn('due');
    expect(run.reason).toBe('Unexpected failure: undefined is not a function');
    expect(house.log.some(({ level, event }) => level === 'error' && event === 'run.threw')).toBe(true);
    house.clock.advance(MINUTE);
    await house.runIn('done');
  });

  test('of an integration that left the config is held and says so', async () => {
    const action = scripted('crm', () => stopped({ kind: 'retry', reason: 'HTTP 503' }));
    const worker = house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await house.attempts(1);
    await house.runIn('due');
    await worker.stop();
    house.startWorker({ integrations: [] });
    house.clock.advance(15 * MINUTE);
    house.ring('crm');
    expect(await house.runIn('held')).toMatchObject({
      reason: 'The integration "Sync" is not in the configuration any more.',
    });
  });

  test('of an integration that a worker has not heard of yet goes on when another one has', async () => {
    const action = scripted('crm', (_input, time) =>
      time === 1 ? stopped({ kind: 'retry', reason: 'HTTP 503' }) : finished(),
    );
    const first = house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await house.attempts(1);
    await house.runIn('due');
    await first.stop();
    const outdated = house.startWorker({ integrations: [] });
    house.clock.advance(MINUTE);
    house.ring('crm');
    await house.runIn('held');
    await outdated.stop();
    house.startWorker({ integrations: [integration([action])] });
    house.clock.advance(MINUTE);
    house.ring('crm');
    await house.runIn('done');
  });
});

describe('steps', () => {
  test('a retried run resumes after the last finished step', async () => {
    const first = scripted('crm', () => finished({ wrote: 'contact' }));
    const second = scripted('crm', (_input, time) =>
      time === 1 ? stopped({ kind: 'retry', reason: 'HTTP 503' }) : finished('task'),
    );
    house.startWorker({ integrations: [integration([first, second])] });
    await house.deliver(ENDED);
    await house.attempts(1);
    await house.runIn('due');
    house.clock.advance(MINUTE);
    const { id } = await house.runIn('done');
    expect([first.inputs.length, second.inputs.length]).toEqual([1, 2]);
    const story = await house.ledger.findRun(id);
    expect(story?.attempts.map(({ steps }) => steps)).toEqual([
      [{ wrote: 'contact' }, null],
      [{ wrote: 'contact' }, 'task'],
    ]);
  });

  test('after a change of the config a run starts from its first step', async () => {
    const first = scripted('crm');
    const second = scripted('crm', (_input, time) =>
      time === 1 ? stopped({ kind: 'retry', reason: 'HTTP 503' }) : finished(),
    );
    const worker = house.startWorker({ integrations: [integration([first, second])] });
    await house.deliver(ENDED);
    await house.attempts(1);
    await house.runIn('due');
    await worker.stop();
    house.startWorker({ integrations: [integration([first, second], { hash: 'config-2' })] });
    house.clock.advance(MINUTE);
    house.ring('crm');
    await house.runIn('done');
    expect([first.inputs.length, second.inputs.length]).toEqual([2, 2]);
  });

  test('a worker that dies between two steps leaves the rest to the next, and its late result is thrown away', async () => {
    const hangs = Promise.withResolvers<ReturnType<typeof finished>>();
    const first = scripted('crm');
    const second = scripted('crm', (_input, time) => (time === 1 ? hangs.promise : finished('second try')));
    const integrations = [integration([first, second])];
    const dead = house.startWorker({ integrations, graceMs: 0 });
    await house.deliver(ENDED);
    await inputsOf(second, 1);
    house.startWorker({ integrations });
    house.clock.advance(LEASE_MS + 1);
    house.ring('crm');
    const run = await house.runIn('done');
    expect([first.inputs.length, second.inputs.length]).toEqual([1, 2]);
    hangs.resolve(finished('too late'));
    await house.logged((line) => line.fields['next'] === 'lost');
    const story = await house.ledger.findRun(run.id);
    expect(story?.attempts.at(-1)?.steps).toEqual(['ok', 'second try']);
    await dead.stop();
  });

  test('a step for another destination waits in that destination’s pool', async () => {
    const crm = scripted('crm');
    const chat = scripted('chat');
    house.startWorker({
      integrations: [integration([crm, chat])],
      pools: [{ destination: 'crm' }, { destination: 'chat' }],
    });
    await house.deliver(ENDED);
    const { id } = await house.runIn('done');
    expect([crm.inputs.length, chat.inputs.length]).toEqual([1, 1]);
    const story = await house.ledger.findRun(id);
    expect(story?.attempts.map(({ steps }) => steps)).toEqual([['ok'], ['ok', 'ok']]);
  });

  test('a destination that left the config hands its runs over to where the integration points now', async () => {
    const old = scripted('old', () => stopped({ kind: 'retry', reason: 'HTTP 503' }));
    const worker = house.startWorker({ integrations: [integration([old])], pools: [{ destination: 'old' }] });
    await house.deliver(ENDED);
    await house.attempts(1);
    await house.runIn('due');
    await worker.stop();
    const crm = scripted('crm');
    house.startWorker({ integrations: [integration([crm], { hash: 'config-2' })] });
    house.clock.advance(MINUTE);
    house.ring('old');
    expect(await house.runIn('done')).toMatchObject({ destination: 'crm' });
  });
});

describe('events of a call', () => {
  test('one that comes while its run is under way makes the run run again, on the newer call', async () => {
    const gate = Promise.withResolvers<ReturnType<typeof finished>>();
    const action = scripted('crm', (_input, time) => (time === 1 ? gate.promise : finished()));
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await inputsOf(action, 1);
    await house.deliver(ANALYZED);
    await house.calls(1, (call) => call.version === 2);
    gate.resolve(finished());
    await inputsOf(action, 2);
    expect(await house.runIn('done')).toMatchObject({ doneVersion: 2 });
    expect(action.inputs.map(({ call }) => call.summary)).toEqual([null, 'wants a quote']);
  });

  test('one that comes while a later step is under way starts the run again at its first step', async () => {
    const gate = Promise.withResolvers<ReturnType<typeof finished>>();
    const crm = scripted('crm');
    const chat = scripted('chat', (_input, time) => (time === 1 ? gate.promise : finished()));
    const pools = [{ destination: 'crm' }, { destination: 'chat' }];
    house.startWorker({ integrations: [integration([crm, chat])], pools });
    await house.deliver(ENDED);
    await inputsOf(chat, 1);
    await house.deliver(ANALYZED);
    await house.calls(1, (call) => call.version === 2);
    gate.resolve(finished());
    await inputsOf(chat, 2);
    expect(await house.runIn('done')).toMatchObject({ doneVersion: 2 });
    expect(crm.inputs.map(({ call }) => call.version)).toEqual([1, 2]);
  });

  test('one that changes nothing starts nothing', async () => {
    const action = scripted('crm');
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await house.runIn('done');
    await house.deliver({ ...ENDED, facts: { status: 'completed' } });
    await house.deliver({ ...ENDED, call: 'c2' });
    await house.runIn('done', 'c2');
    expect(action.inputs.map(({ call }) => call.provider_call_id)).toEqual(['c1', 'c2']);
  });

  test('settle on_analysis: runs once, as soon as analysed data is there', async () => {
    const action = scripted('crm');
    house.startWorker({ integrations: [integration([action], { settleMs: 5 * MINUTE })] });
    await house.deliver(ENDED);
    await house.runIn('waiting');
    house.clock.advance(MINUTE);
    await house.deliver(ANALYZED);
    await house.runIn('done');
    expect(action.inputs.map(({ call }) => call.summary)).toEqual(['wants a quote']);
  });

  test('settle on_analysis: runs without it when the time is up, a restart in between included', async () => {
    const action = scripted('crm');
    const integrations = [integration([action], { settleMs: 5 * MINUTE })];
    house.startWorker({ integrations });
    await house.deliver(ENDED);
    const waiting = await house.runIn('waiting');
    expect(waiting.dueAtMs).toBe(house.clock.now() + 5 * MINUTE);
    await house.reopen();
    house.clock.advance(4 * MINUTE);
    house.startWorker({ integrations });
    house.ring('crm');
    await house.deliver({ ...ENDED, call: 'c2', facts: { status: 'completed' } });
    await house.runIn('waiting', 'c2');
    expect(action.inputs).toEqual([]);
    house.clock.advance(MINUTE);
    house.ring('crm');
    await house.runIn('done');
    expect(action.inputs.map(({ call }) => call.summary)).toEqual([null]);
  });

  test('one call that cannot be folded stops no other', async () => {
    const action = scripted('crm');
    house.startWorker({ integrations: [integration([action])] });
    const poison = await house.deliver({ call: 'bad', type: 'call.ended', poison: true });
    await house.deliver(ENDED);
    await house.runIn('done');
    const { rows } = await house.ledger.listEvents({ limit: 10, search: poison });
    expect(rows.map(({ state }) => state)).toEqual(['pending']);
    expect(house.log.some(({ level, event }) => level === 'error' && event === 'fold.failed')).toBe(true);
  });
});

describe('destinations', () => {
  test('a sick one does not delay the other', async () => {
    const sick = scripted('sick', () => new Promise(() => {}));
    const crm = scripted('crm');
    const integrations = [integration([sick], { name: 'Sick' }), integration([crm], { name: 'Sync' })];
    house.startWorker({
      integrations,
      pools: [{ destination: 'sick', concurrency: 1 }, { destination: 'crm' }],
      graceMs: 0,
    });
    for (const number of [1, 2, 3]) {
      await house.deliver({
        call: `c${number}`,
        type: 'call.ended',
        facts: { customer_number: `+1202555014${number}` },
      });
    }
    await inputsOf(crm, 2);
    expect(sick.inputs).toHaveLength(1);
  });

  test('a paused one is not claimed for, and goes on when it is back, with all its attempts', async () => {
    let paused = true;
    const action = scripted('crm');
    const canRun = () => (paused ? ({ ok: false, untilMs: null } as const) : ({ ok: true } as const));
    house.startWorker({ integrations: [integration([action])], pools: [{ destination: 'crm', canRun }] });
    await house.deliver(ENDED);
    expect(await house.runIn('due')).toMatchObject({ attempts: 0 });
    paused = false;
    house.ring('crm');
    expect(await house.runIn('done')).toMatchObject({ attempts: 1 });
  });

  test('a run that finds out about the pause is held, and goes on by itself after it', async () => {
    let paused = false;
    const action = scripted('crm', (_input, time) => {
      if (time > 1) return finished();
      paused = true;
      return stopped({ kind: 'held', reason: 'HTTP 401: token expired' });
    });
    const canRun = () => (paused ? ({ ok: false, untilMs: null } as const) : ({ ok: true } as const));
    house.startWorker({ integrations: [integration([action])], pools: [{ destination: 'crm', canRun }] });
    await house.deliver(ENDED);
    expect(await house.runIn('held')).toMatchObject({ reason: 'HTTP 401: token expired' });
    paused = false;
    house.ring('crm');
    await house.runIn('done');
  });

  test('never works on two calls of one person at the same time', async () => {
    const gate = Promise.withResolvers<ReturnType<typeof finished>>();
    const action = scripted('crm', (_input, time) => (time === 1 ? gate.promise : finished()));
    house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await house.deliver({ ...ENDED, call: 'c2' });
    await house.deliver({ ...ENDED, call: 'c3', facts: { customer_number: '+12025550199' } });
    await house.runIn('done', 'c3');
    expect(action.inputs).toHaveLength(2);
    gate.resolve(finished());
    await house.runIn('done', 'c1');
    await house.runIn('done', 'c2');
  });
});

describe('stop', () => {
  test('lets a run under way end, and claims nothing more', async () => {
    const gate = Promise.withResolvers<ReturnType<typeof finished>>();
    const action = scripted('crm', () => gate.promise);
    const worker = house.startWorker({ integrations: [integration([action])] });
    await house.deliver(ENDED);
    await inputsOf(action, 1);
    const stop = worker.stop();
    await house.deliver({ ...ENDED, call: 'c2' });
    gate.resolve(finished());
    await stop;
    await house.runIn('done');
    expect(action.inputs).toHaveLength(1);
  });

  test('gives back what it claimed but did not start', async () => {
    const gate = Promise.withResolvers<void>();
    const action = scripted('crm');
    const worker = house.startWorker({ integrations: [integration([action])], claimsAfter: gate.promise });
    await house.deliver(ENDED);
    await house.runIn('running');
    const stop = worker.stop();
    gate.resolve();
    await stop;
    expect(await house.runIn('due')).toMatchObject({ attempts: 0 });
    expect(action.inputs).toEqual([]);
  });

  test('interrupts a run that takes too long; it is due again without having used up an attempt', async () => {
    const action = scripted('crm', ({ signal }) => {
      const { promise, reject } = Promise.withResolvers<ReturnType<typeof finished>>();
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      return promise;
    });
    const worker = house.startWorker({ integrations: [integration([action])], graceMs: 1_000 });
    await house.deliver(ENDED);
    await inputsOf(action, 1);
    const stop = worker.stop();
    await house.clock.hasAlarm(1_000);
    house.clock.advance(1_000);
    await stop;
    expect(await house.runIn('due')).toMatchObject({ dueAtMs: house.clock.now(), attempts: 0 });
  });
});
