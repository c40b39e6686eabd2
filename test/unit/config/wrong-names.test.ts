import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  [
    'source in an integration',
    '    actions:',
    `    sources: [calab, zzz]
    actions:`,
    [
      '18:15 integrations[0].sources[0]: there is no source "calab". Did you mean "callab"?',
      '18:22 integrations[0].sources[1]: there is no source "zzz". Known: callab.',
    ],
  ],
  [
    'destination in an action',
    'sync: sandbox',
    'sync: sandbx',
    ['19:15 integrations[0].actions[0].sync: there is no destination "sandbx". Did you mean "sandbox"?'],
  ],
  [
    'name used twice',
    '      - sync: sandbox',
    `      - sync: sandbox
  - name: One
    actions: [{ sync: crm }]`,
    ['20:11 integrations[1].name: the name "One" is taken. Runs are kept under the name, so each needs its own.'],
  ],
  [
    'no authentication',
    `    secrets: ['s3cret-of-some-length']
`,
    '',
    [
      '3:5 sources.callab: anybody could send to this source. Add secrets, token, auth or allow_ips, or, if that is meant, allow_unsigned: true.',
    ],
  ],
  [
    'no authentication, where nothing is signed',
    `platform: callab
    secrets: ['s3cret-of-some-length']`,
    'platform: callscaler',
    [
      '3:5 sources.callab: anybody could send to this source. Add token, auth or allow_ips, or, if that is meant, allow_unsigned: true.',
    ],
  ],
  [
    'allow_unsigned beside secrets',
    "    secrets: ['s3cret-of-some-length']",
    `    secrets: ['s3cret-of-some-length']
    allow_unsigned: true`,
    [
      '5:21 sources.callab.allow_unsigned: stands beside HMAC-SHA256 x-callab-signature, which would still be required. Remove one or the other.',
    ],
  ],
  [
    'records a destination does not keep',
    '      - sync: sandbox',
    `      - sync: crm
        task: { subject: x }`,
    [
      '20:15 integrations[0].actions[0].task: "crm" keeps no tasks. Take it out, or describe tasks at destinations.crm.',
    ],
  ],
  [
    'a request the strategy never sends',
    '      upsert: { path: /contacts }',
    `      upsert: { path: /contacts }
      create: { path: /contacts }`,
    [
      '12:15 destinations.crm.contact.create: Strategy upsert never sends `create`: drop it, or choose the strategy that does.',
    ],
  ],
  [
    'a policy that has to look where nothing can be read',
    '      - sync: sandbox',
    `      - sync: crm
        call: { fields: { a: { value: "{{ call.summary }}", write: append } } }`,
    [
      '20:68 integrations[0].actions[0].call.fields.a.write: "append" needs to see the present value, and this destination cannot show a call. Write newer or overwrite.',
    ],
  ],
])('names and parts that do not fit: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
