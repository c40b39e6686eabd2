import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  [
    'at the top',
    `sources:
`,
    `integratons: []
sources:
`,
    ['1:1 unknown key "integratons". Did you mean "integrations"?'],
  ],
  [
    'at the top, near nothing',
    `sources:
`,
    `zebra: 1
sources:
`,
    ['1:1 unknown key "zebra". Known: server, retention.'],
  ],
  [
    'in server',
    `sources:
`,
    `server: { max_bod: 5mb }
sources:
`,
    ['1:11 server: unknown key "max_bod". Did you mean "max_body"?'],
  ],
  [
    'in server.rate_limit',
    `sources:
`,
    `server: { rate_limit: { per_adress: 1/s } }
sources:
`,
    ['1:25 server.rate_limit: unknown key "per_adress". Did you mean "per_address"?'],
  ],
  [
    'in retention',
    `sources:
`,
    `retention: { day: 5 }
sources:
`,
    ['1:14 retention: unknown key "day". Did you mean "days"?'],
  ],
  ['in a source', 'secrets:', 'secretz:', ['4:5 sources.callab: unknown key "secretz". Did you mean "secrets"?']],
  [
    'of another platform',
    'platform: callab',
    'platform: callscaler',
    [
      '4:5 sources.callab: the key "secrets" does not go with platform: "callscaler". Known: token, auth, allow_ips, allow_unsigned, default_country, own_numbers, on_invalid, max_body, rate_limit.',
    ],
  ],
  [
    'near one that stands there already',
    "    secrets: ['s3cret-of-some-length']",
    `    secrets: ['s3cret-of-some-length']
    secretss: [x]`,
    ['5:5 sources.callab: unknown key "secretss". Did you mean "secrets"?'],
  ],
  [
    'instead of a required one: one mistake, one message',
    "    secrets: ['s3cret-of-some-length']",
    '    auth: { type: bearer, tokn: abc }',
    ['4:27 sources.callab.auth: unknown key "tokn". Did you mean "token"?'],
  ],
  [
    'of another type of auth',
    "    secrets: ['s3cret-of-some-length']",
    '    auth: { type: bearer, token: abc, username: me }',
    [
      '4:39 sources.callab.auth: the key "username" does not go with type: "bearer". docs/configuration.md lists the keys.',
    ],
  ],
  [
    'in a secret',
    "['s3cret-of-some-length']",
    '[{ value: abcdefgh, expires: "2027-01-01T00:00:00Z" }]',
    ['4:34 sources.callab.secrets[0]: unknown key "expires". Did you mean "expires_at"?'],
  ],
  [
    'in an allowed network',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    allow_ips: [{ cidr: 0.0.0.0/0, confrm: true }]`,
    ['5:36 sources.callab.allow_ips[0]: unknown key "confrm". Did you mean "confirm"?'],
  ],
  [
    'in a destination',
    'base_url:',
    'base_ulr:',
    ['8:5 destinations.crm: unknown key "base_ulr". Did you mean "base_url"?'],
  ],
  [
    'of another type of destination',
    '{ type: sandbox }',
    '{ type: sandbox, timeout: 5s }',
    [
      '15:29 destinations.sandbox: the key "timeout" does not go with type: "sandbox". docs/configuration.md lists the keys.',
    ],
  ],
  [
    'in the auth of a destination',
    '    contact:',
    `    auth: { type: bearer, token: x, schema: y }
    contact:`,
    ['9:37 destinations.crm.auth: unknown key "schema". Did you mean "scheme"?'],
  ],
  [
    'in rate.per',
    '    contact:',
    `    rate: { per: [{ n: 1, seconds: 1, sec: 1 }] }
    contact:`,
    ['9:39 destinations.crm.rate.per[0]: unknown key "sec". docs/configuration.md lists the keys.'],
  ],
  [
    'in errors.when',
    '    contact:',
    `    errors: [{ when: { stats: 404 }, do: retry }]
    contact:`,
    ['9:24 destinations.crm.errors[0].when: unknown key "stats". Did you mean "status"?'],
  ],
  [
    'in a kind of records',
    'strategy: upsert',
    `strategy: upsert
      lookups: []`,
    ['11:7 destinations.crm.contact: unknown key "lookups". Did you mean "lookup"?'],
  ],
  [
    'in a request',
    '{ path: /contacts }',
    '{ pth: /contacts }',
    ['11:17 destinations.crm.contact.upsert: unknown key "pth". Did you mean "path"?'],
  ],
  [
    'in a lookup',
    'strategy: upsert',
    `strategy: upsert
      lookup: [{ path: /c, querry: { a: b } }]`,
    ['11:28 destinations.crm.contact.lookup[0]: unknown key "querry". Did you mean "query"?'],
  ],
  [
    'in an integration',
    '    actions:',
    `    triger: call.ended
    actions:`,
    ['18:5 integrations[0]: unknown key "triger". Did you mean "trigger"?'],
  ],
  [
    'in retry',
    '    actions:',
    `    retry: { frist: 1s }
    actions:`,
    ['18:14 integrations[0].retry: unknown key "frist". Did you mean "first"?'],
  ],
  [
    'in an action',
    '      - sync: sandbox',
    `      - sync: sandbox
        contct: false`,
    ['20:9 integrations[0].actions[0]: unknown key "contct". Did you mean "contact"?'],
  ],
  [
    'in contact',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { mach: [phone] }`,
    ['20:20 integrations[0].actions[0].contact: unknown key "mach". Did you mean "match"?'],
  ],
  [
    'in a field',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { fields: { a: { value: x, wite: max } } }`,
    ['20:45 integrations[0].actions[0].contact.fields.a: unknown key "wite". Did you mean "write"?'],
  ],
  [
    'in status',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { status: { feld: x } }`,
    ['20:30 integrations[0].actions[0].contact.status: unknown key "feld". Did you mean "field"?'],
  ],
  [
    'in a status rule',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { status: { rules: [{ wen: outcomes.a, set: b }] } }`,
    ['20:40 integrations[0].actions[0].contact.status.rules[0]: unknown key "wen". Did you mean "when"?'],
  ],
  [
    'in task',
    '      - sync: sandbox',
    `      - sync: sandbox
        task: { subject: x, du: y }`,
    ['20:29 integrations[0].actions[0].task: unknown key "du". Did you mean "due"?'],
  ],
  [
    'in a condition',
    '    actions:',
    `    when: { al: [outcomes.a] }
    actions:`,
    ['18:13 integrations[0].when: unknown key "al". Did you mean "all"?'],
  ],
  [
    'deep in a condition',
    '    actions:',
    `    when: { all: [call.duration_s > 20, { nott: outcomes.a }] }
    actions:`,
    ['18:43 integrations[0].when.all[1]: unknown key "nott". Did you mean "not"?'],
  ],
])('unknown key: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
