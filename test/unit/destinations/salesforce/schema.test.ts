import { expect, test } from '@jest/globals';

import { problemsOf } from '../../../support/check-config.ts';

// What is wrong with the section of a Salesforce destination, as an operator reads it.

const KEY = '-----BEGIN PRIVATE KEY-----\\nhidden\\n-----END PRIVATE KEY-----\\n';
const AUTH = 'auth: { flow: client_credentials, client_id: the-key, client_secret: hidden }';
const HOST = 'login_url: https://acme.my.salesforce.com';

function problems(...lines: readonly string[]): readonly string[] {
  const section = lines.map((line) => `    ${line}\n`).join('');
  return problemsOf(
    `sources: { callab: { platform: callab, secrets: [a-secret-of-some-length] } }\ndestinations:\n  salesforce:\n    type: salesforce\n${section}`,
  );
}

test.each([
  AUTH,
  `auth: { flow: jwt_bearer, client_id: the-key, username: a@example.com, private_key: "${KEY}" }`,
  'auth: { flow: refresh_token, client_id: the-key, refresh_token: hidden }',
  'auth: { flow: username_password, username: a@example.com, password: hidden }',
  'auth: { flow: username_password, username: a@example.com, password: hidden, client_id: k, client_secret: hidden }',
])('right: %s', (auth) => {
  expect(problems(HOST, auth)).toEqual([]);
});

test.each<[lines: readonly string[], problem: string]>([
  [[AUTH], '4:5 destinations.salesforce.login_url: is missing.'],
  [[HOST], '4:5 destinations.salesforce.auth: is missing.'],
  [
    [HOST, AUTH.replace('client_credentials', 'client_credential')],
    '6:19 destinations.salesforce.auth.flow: "client_credential" must be client_credentials, jwt_bearer, refresh_token or username_password. Did you mean "client_credentials"?',
  ],
  [
    [HOST, 'auth: { flow: client_credentials, client_id: the-key }'],
    '6:11 destinations.salesforce.auth.client_secret: is missing.',
  ],
  [
    [HOST, 'auth: { flow: jwt_bearer, client_id: k, username: u, private_key: hidden }'],
    '6:71 destinations.salesforce.auth.private_key: must be a PEM private key.',
  ],
  [
    [HOST, 'auth: { flow: username_password, username: u, password: hidden, client_id: k }'],
    '6:11 destinations.salesforce.auth: needs client_id and client_secret, or neither (SOAP login).',
  ],
  [
    ['login_url: https://login.salesforce.com', AUTH],
    '5:16 destinations.salesforce.login_url: "https://login.salesforce.com" must be the My Domain host of the org: Salesforce refuses client_credentials anywhere else.',
  ],
  [
    ['login_url: https://acme.lightning.force.com', AUTH],
    '5:16 destinations.salesforce.login_url: "https://acme.lightning.force.com" is the address of pages. Take the My Domain host, such as "https://acme.my.salesforce.com".',
  ],
  [
    ['login_url: https://acme.my.salesforce.com/services', AUTH],
    '5:16 destinations.salesforce.login_url: "https://acme.my.salesforce.com/services" must be a host without a path.',
  ],
  [
    [HOST, AUTH, 'external_id_field: "Id, Name"'],
    '7:24 destinations.salesforce.external_id_field: "Id, Name" is not the API name of a field.',
  ],
  [
    [HOST, AUTH, 'match_objects: [Leads]'],
    '7:21 destinations.salesforce.match_objects[0]: "Leads" must be Contact, Lead or Account. Did you mean "Lead"?',
  ],
  [[HOST, AUTH, 'match_objects: []'], '7:20 destinations.salesforce.match_objects: must have an entry.'],
  [[HOST, AUTH, 'create_as: Account'], '7:16 destinations.salesforce.create_as: "Account" must be Lead or Contact.'],
  [
    [HOST, AUTH, 'duplicate_rules: save'],
    '7:22 destinations.salesforce.duplicate_rules: "save" must be allow, use_match or reject.',
  ],
  [
    [HOST, AUTH, 'default_country: USA'],
    '7:22 destinations.salesforce.default_country: "USA" is not an ISO country code such as "US".',
  ],
  [
    [HOST, AUTH, 'time_zone: EST/EDT'],
    '7:16 destinations.salesforce.time_zone: "EST/EDT" is not an IANA time zone such as "America/New_York".',
  ],
  [[HOST, AUTH, 'daily_share: 80'], '7:18 destinations.salesforce.daily_share: 80 must be at most 1.'],
  [[HOST, AUTH, 'daily_share: 0'], '7:18 destinations.salesforce.daily_share: 0 must be more than 0.'],
  [
    [HOST, AUTH, "api_version: '45.0'"],
    '7:18 destinations.salesforce.api_version: "45.0" must be a version such as "66.0"; 46.0 is the oldest that works.',
  ],
  [
    [HOST, AUTH, 'dayly_share: 0.5'],
    '7:5 destinations.salesforce: unknown key "dayly_share". Did you mean "daily_share"?',
  ],
])('%j: %s', (lines, problem) => {
  const found = problems(...lines);
  expect(found).toEqual([problem]);
  expect(found.join('\n')).not.toContain('hidden');
});

// `hookline check` ended in a stack trace.
test.each(['acme.my.salesforce.com', 'acme', "''"])(
  'login_url without https:// (%s) is told like any other mistake',
  (url) => {
    expect(problems(`login_url: ${url}`, AUTH)).toEqual([
      expect.stringMatching(/^5:16 destinations\.salesforce\.login_url: .*must be an absolute URL/),
    ]);
  },
);

test('a host of another kind of login is fine where it works', () => {
  const auth = 'auth: { flow: username_password, username: a@example.com, password: hidden }';
  expect(problems('login_url: https://login.salesforce.com', auth)).toEqual([]);
  expect(problems('login_url: https://test.salesforce.com/', auth)).toEqual([]);
});
