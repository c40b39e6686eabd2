import { readFileSync } from 'node:fs';

import { afterEach, expect, test } from '@jest/globals';

import { openDialogue, openLogin } from '../../../src/destinations/salesforce/jsforce.ts';
import { createHttpClient } from '../../../src/shared/http-client.ts';
import { startSimulator, type Simulator } from '../../simulators/simulator.ts';

/* What our transport rests on in jsforce: private fields, and one request per operation. */

const SESSION = {
  instanceUrl: 'https://acme.my.salesforce.com',
  accessToken: 'token',
  version: '66.0',
  timeoutMs: 1000,
};

let simulator: Simulator | null = null;
afterEach(async () => {
  await simulator?.close();
  simulator = null;
});

test('it is the version that was measured', () => {
  const { version } = JSON.parse(readFileSync('node_modules/jsforce/package.json', 'utf8')) as { version: string };
  expect(version).toBe('3.10.26');
});

test('it writes the request: version, session, one body; sending is ours', async () => {
  const { request } = await openDialogue(SESSION, (connection) =>
    connection.update('Task', [{ Id: '00T000000000001AAA', Subject: 'Ä' }], {
      headers: { 'Sforce-Auto-Assign': 'FALSE' },
    }),
  );
  expect(request).toEqual({
    method: 'PATCH',
    url: 'https://acme.my.salesforce.com/services/data/v66.0/composite/sobjects',
    headers: {
      Authorization: 'Bearer token',
      'Sforce-Auto-Assign': 'FALSE',
      'Sforce-Call-Options': 'client=Hookline',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      allOrNone: false,
      records: [{ id: '00T000000000001AAA', attributes: { type: 'Task' }, Subject: 'Ä' }],
    }),
    timeoutMs: 1000,
  });
});

test.each([
  ['a list', 200, '[{"id":"1"}]', { kind: 'value', value: [{ id: '1' }] }],
  ['one error', 400, '[{"errorCode":"INVALID_FIELD","message":"No"}]', { kind: 'error', code: 'INVALID_FIELD' }],
  [
    'an expired session, without a second request',
    401,
    '[{"errorCode":"INVALID_SESSION_ID","message":"No"}]',
    { kind: 'error', code: 'INVALID_SESSION_ID' },
  ],
  ['several records', 300, '["/a","/b"]', { kind: 'error', code: 'MULTIPLE_CHOICES', data: ['/a', '/b'] }],
  ['a page of an edge', 503, '<html>', { kind: 'error', code: 'ERROR_HTTP_503' }],
])('it reads %s', async (_what, status, body, conclusion) => {
  const dialogue = await openDialogue(SESSION, (connection) => connection.requestGet('/limits'));
  const headers = { 'content-type': 'application/json' };
  expect(await dialogue.conclude({ status, headers, body })).toMatchObject(conclusion);
});

test('what it will not write fails before anything is sent', async () => {
  await expect(
    openDialogue(SESSION, (connection) => connection.update('Task', [{ Subject: 'no id' } as never])),
  ).rejects.toThrow('Record id is not found');
});

test('a login is one request as well', async () => {
  const login = {
    loginUrl: 'https://acme.my.salesforce.com',
    version: '66.0',
    clientId: 'id',
    clientSecret: 's',
    timeoutMs: 1,
  };
  const dialogue = await openLogin(login, (oauth2) => oauth2.requestToken({ grant_type: 'client_credentials' }));
  expect(dialogue.request).toMatchObject({
    method: 'POST',
    url: 'https://acme.my.salesforce.com/services/oauth2/token',
    body: 'grant_type=client_credentials&client_id=id&client_secret=s',
  });
  const refused = { status: 400, headers: {}, body: '{"error":"invalid_grant","error_description":"no"}' };
  expect(await dialogue.conclude(refused)).toMatchObject({ kind: 'error', code: 'invalid_grant', message: 'no' });
});

// With jsforce's own transport the first ends the process, and the others hang for ever or follow (salesforce.md 2.7).
test.each([
  ['cut', { kind: 'cut_body' }, 'unknown'],
  ['never finished', { kind: 'commit_then_hang' }, 'unknown'],
  ['a redirect', { kind: 'answer', answer: { status: 307, headers: { Location: '/elsewhere' } } }, 'response'],
] as const)('an answer that is %s ends the exchange, and is asked for once', async (_what, fault, outcome) => {
  simulator = await startSimulator(() => ({ status: 200, body: { records: [] } }));
  simulator.fail({ fault });
  const session = { ...SESSION, instanceUrl: simulator.url, timeoutMs: 2000 };
  const { request } = await openDialogue(session, (connection) => connection.requestGet('/query?q=SELECT'));
  const http = createHttpClient({ allowPrivateNetworks: true });
  expect(await http.send(request)).toMatchObject({ kind: outcome });
  expect(simulator.requestCount()).toBe(1);
  http.close();
});
