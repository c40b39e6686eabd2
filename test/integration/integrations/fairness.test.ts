import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { finished, inputsOf, integration, openHouse, scripted, type House } from './harness.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

test('a person whose many calls wait does not keep a free worker from the next person', async () => {
  // More than a claim looks at (96 with four free places), fewer than a page of runs shows.
  const ONE_PERSON = '+12025550101';
  for (let number = 0; number < 98; number += 1) {
    house.clock.advance(1);
    await house.deliver({ call: `c${number}`, type: 'call.ended', facts: { customer_number: ONE_PERSON } });
  }
  house.clock.advance(1);
  await house.deliver({ call: 'other', type: 'call.ended', facts: { customer_number: '+12025550102' } });
  let paused = true;
  const canRun = () => (paused ? ({ ok: false, untilMs: null } as const) : ({ ok: true } as const));
  // The first run of the one person takes for ever.
  const action = scripted('crm', (input) =>
    input.call.customer_number === ONE_PERSON ? new Promise(() => {}) : finished(),
  );
  house.startWorker({ integrations: [integration([action])], pools: [{ destination: 'crm', canRun }], graceMs: 0 });
  await house.calls(99);
  await house.runIn('due', 'other');
  paused = false;
  house.ring('crm');
  await inputsOf(action, 2);
  expect(action.inputs.map(({ call }) => call.provider_call_id)).toEqual(['c0', 'other']);
});

test('a backlog is not claimed and sent away again while the rate of its destination is used up', async () => {
  let roomAtMs = house.clock.now() + 60_000;
  const action = scripted('crm');
  house.startWorker({
    integrations: [integration([action])],
    pools: [{ destination: 'crm', roomAtMs: () => roomAtMs }],
  });
  await house.deliver({ call: 'c1', type: 'call.ended', facts: { customer_number: '+12025550102' } });
  expect(await house.runIn('due')).toMatchObject({ attempts: 0 });
  roomAtMs = house.clock.now() + 1_000;
  house.ring('crm');
  expect(action.inputs).toEqual([]);
  house.clock.advance(1_000);
  await house.runIn('done');
});
