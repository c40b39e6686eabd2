import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import type { JsonObject } from '../../../src/domain/json.ts';
import { startRestCrm, type RestCrm } from '../../../src/torture/crm/rest-crm.ts';
import { findFreePort } from '../../support/free-port.ts';
import { runCli } from '../../support/run-cli.ts';
import { startHookline, waitUntilUp } from '../../support/start-hookline.ts';
import type { RunningProcess } from '../../support/start-process.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

// A CRM that refuses the token, and then a value: what an operator sees, and the way out of it.

jest.setTimeout(120_000);

const SAMPLE = resolve('test/fixtures/callab/call_outcome_extracted.json');
const folder = createTempFolder('paused');
let crm: RestCrm;
let daemon: RunningProcess;
let variables: Record<string, string>;

const run = (...args: string[]) => runCli(folder.path, args, variables);

const config = (status: string): string => `sources: { callab: { platform: callab, secrets: [the-right-secret] } }
destinations:
  crm:
    type: rest
    base_url: ${crm.url}/api
    allow_private_networks: true
    auth: { type: bearer, token: the-right-token }
    contact:
      strategy: find_or_create
      lookup: [{ path: /contacts, query: { phone: '{{ contact.phone }}' }, records: items, id: id }]
      create: { path: /contacts }
      update: { path: '/contacts/{{ id }}' }
      id: id
integrations:
  - name: Keep the CRM in step
    actions: [{ sync: crm, contact: { fields: { status: ${status} } }, call: false }]
`;

async function startDaemon(status: string): Promise<void> {
  const file = join(folder.path, 'config/hookline.yaml');
  writeFileSync(file, config(status));
  const [port, adminPort] = [await findFreePort(), await findFreePort()];
  variables = { PORT: String(port), ADMIN_PORT: String(adminPort) };
  const options = { config: file, dataDir: join(folder.path, 'data'), port, adminPort };
  daemon = startHookline(options);
  await waitUntilUp(daemon, options);
}

async function waitForState(state: string): Promise<void> {
  await waitUntil(
    async () => {
      const { runs } = JSON.parse((await run('runs', '--json')).stdout) as { runs: { run: JsonObject }[] };
      return runs[0]?.run['state'] === state;
    },
    { what: `the run to be ${state}` },
  );
}

beforeAll(async () => {
  mkdirSync(join(folder.path, 'config'));
  crm = await startRestCrm({ token: 'another-token' });
  await startDaemon('NO_SUCH_STATUS');
});

afterAll(async () => {
  await daemon.stop('SIGKILL');
  await crm.close();
  folder.remove();
});

test('a refused token: the destination is paused, and every list says why and what to do', async () => {
  expect(await run('send', 'callab', SAMPLE)).toMatchObject({ code: 0 });
  await waitForState('held');
  for (const args of [['runs'], ['destinations'], ['calls', 'show', 'call_5b81e2']]) {
    const { stdout } = await run(...args);
    expect(stdout).toContain('crm is paused. Its runs are kept.');
    expect(stdout).toContain('The access token is not valid.');
    expect(stdout).toContain('hint: The credentials were refused: check destinations.crm.auth.');
    expect(stdout).toContain('npm run hookline -- destinations resume crm');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
  const preview = await run('preview', 'callab', SAMPLE);
  expect(preview).toMatchObject({ code: 1, stdout: expect.stringContaining('would end: held: GET /contacts → 401') });
});

test('resumed with the right token, the CRM refuses a value: a dead letter with its words and the next command', async () => {
  crm.setToken('the-right-token');
  expect(await run('destinations', 'resume', 'crm')).toMatchObject({ code: 0 });
  await waitForState('dead');
  const { stdout } = await run('runs', '--state', 'dead');
  expect(stdout).toContain('status must be one of: NEW, OPEN, CLOSED');
  expect(stdout).toContain('Fix the cause, then: npm run hookline -- replay --state dead');
  expect((await run('calls', 'show', 'call_5b81e2')).stdout).toContain('dead letter, waits for you');
});

test('replayed while the daemon is down: that is said; after the restart with a right value it is done, once', async () => {
  expect(await daemon.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  const replayed = await run('replay', '--state', 'dead');
  expect(replayed.stdout).toContain('1 run will be processed again.');
  expect(replayed.stdout).toContain('No daemon is running here');
  await startDaemon('OPEN');
  await waitForState('done');
  expect(crm.contacts.all().map(({ fields }) => fields['status'])).toEqual(['OPEN']);
  expect((await run('replay', '--state', 'dead')).stdout).toBe('No run is dead. Nothing was done.\n');
});
