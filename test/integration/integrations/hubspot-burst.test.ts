import { expect, test } from '@jest/globals';

import { createSyncAction } from '../../../src/integrations/actions/sync.ts';
import { createHttpClient } from '../../../src/shared/http-client.ts';
import { createKeyedMutex } from '../../../src/sync/keyed-mutex.ts';
import { startHubSpot } from '../../simulators/hubspot/index.ts';
import { buildDestination, compileAction, createRuntime } from '../../support/crm-world.ts';
import { addUniqueProperties, hubspotConfig } from '../../support/hubspot-world.ts';
import { createMemoryLedger } from '../../support/memory-crm.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { integration, openHouse } from './harness.ts';

const CALLS = 300;

test('a burst of unknown callers through the real worker and ledger: few requests, one contact and one call each, small attempts', async () => {
  const house = await openHouse();
  const hubspot = await startHubSpot({ clock: () => house.clock.now() });
  const http = createHttpClient({ allowPrivateNetworks: true });
  addUniqueProperties(hubspot);
  try {
    const name = 'hubspot';
    const destination = buildDestination({ name, config: hubspotConfig(hubspot), clock: house.clock });
    const { clock, ledger } = house;
    const runtime = createRuntime({ ...destination, limitClasses: {} }, { http, ledger: createMemoryLedger(), clock });
    const dependencies = { ledger, runtime, locks: createKeyedMutex(), clock };
    const action = createSyncAction(compileAction(destination, { name }), () => dependencies);
    for (let number = 0; number < CALLS; number += 1) {
      const facts = { status: 'completed', customer_number: `+1202556${String(1000 + number)}` } as const;
      await house.deliver({ call: `c${number}`, type: 'call.ended', facts });
    }
    const concurrency = destination.runsInFlight ?? 0;
    house.startWorker({
      integrations: [integration([action])],
      pools: [{ destination: destination.name, concurrency }],
    });
    house.ring(destination.name);
    await waitUntil(() => hubspot.records('calls').length === CALLS, {
      what: 'every call in HubSpot',
      timeoutMs: 60_000,
    });
    await house.attempts(CALLS);
    expect(hubspot.records('contacts')).toHaveLength(CALLS);
    expect(hubspot.duplicates()).toEqual([]);
    // Whole batches would be 13; a slow machine makes some of them smaller. One request per record would be 1,200.
    expect(hubspot.requests.length).toBeLessThanOrEqual(60);
    const { rows } = await ledger.listRuns({ limit: 100 });
    const story = await ledger.callStory(rows[0]?.callId ?? '');
    const requests = story?.runs.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.requests)) ?? [];
    const ownRows = requests.filter(({ requestBody }) => requestBody?.includes('rows_in_this_request') === true);
    expect(ownRows.length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(ownRows).length).toBeLessThan(10_000);
  } finally {
    await house.close();
    http.close();
    await hubspot.close();
  }
}, 120_000);
