import { createVerify, generateKeyPairSync } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { Destination, Result } from '../../../src/destinations/destination.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { createHttpClient, type OwnedHttpClient } from '../../../src/shared/http-client.ts';
import { createKeyedMutex } from '../../../src/sync/keyed-mutex.ts';
import { startSimulator, type ApiAnswer, type ApiRequest, type Simulator } from '../../simulators/simulator.ts';
import { buildRest, createMemorySecrets } from '../../support/build-rest.ts';
import { createTestContext } from '../../support/destination-context.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

/* A token server that rotates: every refresh token works once, and using an old one is refused. */

interface TokenServer {
  refreshToken: string;
  accessToken: string;
  issued: number;
  lifeSeconds: number;
}

let server: TokenServer;
let simulator: Simulator;
let http: OwnedHttpClient;
let clock: ManualClock;

function serve(request: ApiRequest): ApiAnswer {
  if (request.path === '/oauth/token') return issue(request);
  if (request.headers['authorization'] !== `Bearer ${server.accessToken}`)
    return { status: 401, body: { message: 'token expired' } };
  return { status: 200, body: { items: [] } };
}

function issue({ body }: ApiRequest): ApiAnswer {
  if (body['client_id'] !== 'id' || body['client_secret'] !== 'secret')
    return { status: 401, body: { error: 'invalid_client' } };
  if (body['grant_type'] === 'refresh_token' && body['refresh_token'] !== server.refreshToken) {
    return { status: 400, body: { error: 'invalid_grant', error_description: 'refresh token was used' } };
  }
  server.issued += 1;
  server.accessToken = `access-${server.issued}`;
  server.refreshToken = `refresh-${server.issued}`;
  return {
    status: 200,
    body: { access_token: server.accessToken, refresh_token: server.refreshToken, expires_in: server.lifeSeconds },
  };
}

beforeEach(async () => {
  server = { refreshToken: 'refresh-0', accessToken: 'none', issued: 0, lifeSeconds: 3600 };
  simulator = await startSimulator(serve);
  http = createHttpClient({ allowPrivateNetworks: true });
  clock = createManualClock();
});
afterEach(async () => {
  http.close();
  await simulator.close();
});

const CLIENT = { client_id: 'id', client_secret: 'secret' };

function open(auth: JsonObject, secrets = createMemorySecrets()): Destination {
  const config = { base_url: `${simulator.url}/api`, auth: { token_url: `${simulator.url}/oauth/token`, ...auth } };
  const { destination, issues } = buildRest(config, { clock, secrets });
  expect(issues).toEqual([]);
  return destination;
}

function find(destination: Destination, client: Pick<OwnedHttpClient, 'send'> = http): Promise<Result<unknown>> {
  return destination.findContacts({ by: 'phone', value: '+12025550143' }, {}, createTestContext(client));
}

describe('refresh token', () => {
  const REFRESH = { type: 'oauth2_refresh_token', ...CLIENT, refresh_token: 'refresh-0' };

  test('the new refresh token is on disk before its access token is used', async () => {
    const order: string[] = [];
    const memory = createMemorySecrets();
    const secrets = {
      ...memory,
      async save(name: string, value: JsonObject) {
        await memory.save(name, value);
        order.push('saved');
      },
    };
    const client = {
      send: (request: Parameters<typeof http.send>[0]) => (
        order.push(new URL(request.url).pathname),
        http.send(request)
      ),
    };
    expect(await find(open(REFRESH, secrets), client)).toMatchObject({ kind: 'ok' });
    expect(order).toEqual(['/oauth/token', 'saved', '/api/contacts']);
    expect(memory.saved).toMatchObject([{ refreshToken: 'refresh-1', accessToken: 'access-1' }]);
  });

  test('a crash between refresh and use: the next process goes on with what was saved', async () => {
    const secrets = createMemorySecrets();
    const dying = {
      send: (request: Parameters<typeof http.send>[0]) =>
        request.url.endsWith('/oauth/token') ? http.send(request) : Promise.reject(new Error('kill -9')),
    };
    await expect(find(open(REFRESH, secrets), dying)).rejects.toThrow('kill -9');
    expect(await find(open(REFRESH, secrets))).toMatchObject({ kind: 'ok' });
    expect(server.issued).toBe(1);
    clock.advance(3_600_000);
    expect(await find(open(REFRESH, secrets))).toMatchObject({ kind: 'ok' });
    expect(server.issued).toBe(2);
  });

  test('the disk says no: nothing is used, nothing is asked again, and the token is saved later', async () => {
    const memory = createMemorySecrets();
    let full = true;
    const secrets = {
      ...memory,
      save: (name: string, value: JsonObject) =>
        full ? Promise.reject(new Error('disk full')) : memory.save(name, value),
    };
    const destination = open(REFRESH, secrets);
    await expect(find(destination)).rejects.toThrow('disk full');
    expect(simulator.requests.map(({ path }) => path)).toEqual(['/oauth/token']);
    full = false;
    expect(await find(destination)).toMatchObject({ kind: 'ok' });
    expect(server.issued).toBe(1);
    expect(memory.saved).toMatchObject([{ refreshToken: 'refresh-1' }]);
  });

  test('many at once refresh once', async () => {
    const destination = open(REFRESH);
    const results = await Promise.all(Array.from({ length: 20 }, () => find(destination)));
    expect(results.every(({ kind }) => kind === 'ok')).toBe(true);
    expect(server.issued).toBe(1);
    server.accessToken = 'revoked';
    expect(
      (await Promise.all(Array.from({ length: 20 }, () => find(destination)))).every(({ kind }) => kind === 'ok'),
    ).toBe(true);
    expect(server.issued).toBe(2);
  });

  test('many processes with one store refresh once, whether the token ended or was refused', async () => {
    const locks = createKeyedMutex();
    const secrets = {
      ...createMemorySecrets(),
      alone: <Value>(work: () => Promise<Value>) => locks.run(['secret'], work),
    };
    const processes = Array.from({ length: 5 }, () => open(REFRESH, secrets));
    const findAll = async (): Promise<readonly string[]> =>
      (await Promise.all(processes.map((process) => find(process)))).map(({ kind }) => kind);
    expect(new Set(await findAll())).toEqual(new Set(['ok']));
    expect(server.issued).toBe(1);
    server.accessToken = 'revoked';
    expect(new Set(await findAll())).toEqual(new Set(['ok']));
    expect(server.issued).toBe(2);
    clock.advance(3_600_000);
    expect(new Set(await findAll())).toEqual(new Set(['ok']));
    expect(server.issued).toBe(3);
  });

  test('refused once, refreshed once; refused again, everything is paused', async () => {
    const destination = open(REFRESH);
    await find(destination);
    simulator.fail({
      when: ({ path }) => path === '/api/contacts',
      times: 2,
      fault: { kind: 'answer', answer: { status: 401, body: 'no' } },
    });
    expect(await find(destination)).toMatchObject({
      kind: 'paused',
      hint: expect.stringContaining('destinations.crm.auth'),
    });
    expect(server.issued).toBe(2);
    expect(simulator.requests.map(({ path }) => path).slice(-3)).toEqual([
      '/api/contacts',
      '/oauth/token',
      '/api/contacts',
    ]);
  });

  test('a server that refuses every token it gives is not asked for tokens in a loop', async () => {
    const destination = open(REFRESH);
    simulator.fail({
      times: 100,
      when: ({ path }) => path === '/api/contacts',
      fault: { kind: 'answer', answer: { status: 401, body: 'no' } },
    });
    for (let run = 0; run < 10; run += 1) expect(await find(destination)).toMatchObject({ kind: 'paused' });
    expect(server.issued).toBe(2);
    clock.advance(10_000);
    expect(await find(destination)).toMatchObject({ kind: 'paused' });
    expect(server.issued).toBe(3);
  });

  test('a token that is about to expire is not used', async () => {
    const destination = open(REFRESH);
    await find(destination);
    clock.advance(3_541_000);
    await find(destination);
    expect(server.issued).toBe(2);
    expect(simulator.requests.every(({ status }) => status === 200)).toBe(true);
  });

  test('a used refresh token pauses with the server’s words; a new one in the config starts over', async () => {
    const secrets = createMemorySecrets();
    server.refreshToken = 'another';
    expect(await find(open(REFRESH, secrets))).toMatchObject({
      kind: 'paused',
      reason: expect.stringContaining('refresh token was used'),
    });
    expect(await find(open({ ...REFRESH, refresh_token: 'another' }, secrets))).toMatchObject({ kind: 'ok' });
  });

  test('a token server that is down is a passing fault', async () => {
    simulator.fail({ fault: { kind: 'answer', answer: { status: 503, headers: { 'Retry-After': '5' } } } });
    const destination = open(REFRESH);
    expect(await find(destination)).toMatchObject({ kind: 'retry', notBeforeMs: clock.now() + 5000 });
    simulator.fail({ fault: { kind: 'drop' } });
    expect(await find(destination)).toMatchObject({ kind: 'retry' });
    expect(await find(destination)).toMatchObject({ kind: 'ok' });
  });

  test('neither reasons nor answers show a token', async () => {
    simulator.fail({
      fault: {
        kind: 'answer',
        answer: { status: 200, body: { access_token: 'bad\ntoken', refresh_token: 'precious' } },
      },
    });
    const result = await find(open(REFRESH));
    expect(result).toMatchObject({ kind: 'paused' });
    expect(JSON.stringify(result)).not.toMatch(/precious|bad/);
  });
});

test('client credentials: in the form, or as Basic', async () => {
  expect(
    await find(open({ type: 'oauth2_client_credentials', ...CLIENT, scope: 'crm', params: { audience: 'x' } })),
  ).toMatchObject({ kind: 'ok' });
  expect(simulator.requests[0]?.body).toEqual({
    grant_type: 'client_credentials',
    scope: 'crm',
    audience: 'x',
    client_id: 'id',
    client_secret: 'secret',
  });
  await find(open({ type: 'oauth2_client_credentials', ...CLIENT, client_auth: 'basic' }));
  expect(simulator.requests.at(-1)?.headers['authorization']).toBe(
    `Basic ${Buffer.from('id:secret').toString('base64')}`,
  );
});

test('JWT bearer: a signed, short-lived assertion', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await find(
    open({
      type: 'oauth2_jwt_bearer',
      issuer: 'robot@example.com',
      audience: 'https://auth.example.com',
      scope: 'calendar',
      private_key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    }),
  );
  const { grant_type: grant, assertion } = simulator.requests[0]?.body ?? {};
  expect(grant).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [header, claims, signature] = (assertion as string).split('.') as [string, string, string];
  expect(createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url')).toBe(true);
  const nowSeconds = Math.floor(clock.now() / 1000);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    iss: 'robot@example.com',
    aud: 'https://auth.example.com',
    scope: 'calendar',
    iat: nowSeconds,
    exp: nowSeconds + 180,
  });
});
