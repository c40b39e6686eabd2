import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  [
    'sources',
    `sources:
  callab:
    platform: callab
    secrets: ['s3cret-of-some-length']
`,
    '',
    ['1:1 sources: is missing.'],
  ],
  [
    'platform',
    `    platform: callab
`,
    '',
    ['3:5 sources.callab.platform: is missing. One of: callab, callttone, callscaler, atoms, custom.'],
  ],
  [
    'type',
    `    type: rest
`,
    '',
    ['7:5 destinations.crm.type: is missing. One of: hubspot, rest, salesforce, sandbox.'],
  ],
  [
    'base_url',
    `    base_url: https://crm.example.com
`,
    '',
    ['7:5 destinations.crm.base_url: is missing.'],
  ],
  [
    'contact of a rest destination',
    `    contact:
      strategy: upsert
      upsert: { path: /contacts }
`,
    '',
    ['7:5 destinations.crm.contact: is missing.'],
  ],
  [
    'strategy',
    `      strategy: upsert
`,
    '',
    [
      '10:7 destinations.crm.contact.strategy: is missing. One of: put, upsert, create, find_or_create, find_then_update, append.',
    ],
  ],
  [
    'the request a strategy needs',
    `      upsert: { path: /contacts }
`,
    '',
    ['10:7 destinations.crm.contact: Strategy upsert needs a `upsert` request.'],
  ],
  [
    'type of auth',
    "    secrets: ['s3cret-of-some-length']",
    '    auth: { token: abc }',
    ['4:11 sources.callab.auth.type: is missing. One of: bearer, header, basic.'],
  ],
  [
    'expires_at',
    "['s3cret-of-some-length']",
    '[{ value: abcdefgh }]',
    ['4:15 sources.callab.secrets[0].expires_at: is missing.'],
  ],
  [
    'name of an integration',
    `  - name: One
    actions:`,
    '  - actions:',
    ['17:5 integrations[0].name: is missing.'],
  ],
  [
    'actions',
    `    actions:
      - sync: sandbox
`,
    '',
    ['17:5 integrations[0].actions: is missing.'],
  ],
  [
    'value of a field',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { fields: { a: { write: max } } }`,
    ['20:33 integrations[0].actions[0].contact.fields.a.value: is missing.'],
  ],
  [
    'subject of a task',
    '      - sync: sandbox',
    `      - sync: sandbox
        task: { due: "{{ call.ended_at }}" }`,
    ['20:15 integrations[0].actions[0].task.subject: is missing.'],
  ],
  [
    'everything of a condition',
    '    actions:',
    `    when: {}
    actions:`,
    ['18:11 integrations[0].when: needs "all", "any" or "not".'],
  ],
  [
    'everything of an error rule',
    '    contact:',
    `    errors: [{ when: {}, do: retry }]
    contact:`,
    ['9:22 destinations.crm.errors[0].when: needs status, body, or both.'],
  ],
  [
    'a value where a list belongs',
    "['s3cret-of-some-length']",
    '',
    ['4:14 sources.callab.secrets: must be a list; nothing stands here.'],
  ],
])('missing: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
