import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  ['text for a list', "['s3cret-of-some-length']", 'abcdefghi', ['4:14 sources.callab.secrets: must be a list.']],
  [
    'number for text',
    "['s3cret-of-some-length']",
    '[123456]',
    ['4:15 sources.callab.secrets[0]: must be text or a map of keys. Put it in quotes.'],
  ],
  [
    'number for a phone number',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    own_numbers: [12025550110]`,
    ['5:19 sources.callab.own_numbers[0]: 12025550110 must be text. Put it in quotes.'],
  ],
  [
    'number for a network',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    allow_ips: [10]`,
    ['5:17 sources.callab.allow_ips[0]: 10 must be text or a map of keys. Put it in quotes.'],
  ],
  [
    'text for a map',
    "    secrets: ['s3cret-of-some-length']",
    '    auth: bearer',
    ['4:11 sources.callab.auth: "bearer" must be a map of keys.'],
  ],
  [
    'false where only true says something',
    "    secrets: ['s3cret-of-some-length']",
    '    allow_unsigned: false',
    ['4:21 sources.callab.allow_unsigned: false can only be true. Otherwise leave it out.'],
  ],
  ['empty list', "['s3cret-of-some-length']", '[]', ['4:14 sources.callab.secrets: must have an entry.']],
  [
    'list for a value',
    '{ path: /contacts }',
    '{ path: /contacts, query: { a: [1] } }',
    ['11:46 destinations.crm.contact.upsert.query.a: must be text, a number or true or false, not a list.'],
  ],
  [
    'yes for true',
    '    contact:',
    `    allow_private_networks: yes
    contact:`,
    ['9:29 destinations.crm.allow_private_networks: "yes" must be true or false.'],
  ],
  [
    'text for a status',
    '    contact:',
    `    errors: [{ when: { status: "404" }, do: retry }]
    contact:`,
    ['9:32 destinations.crm.errors[0].when.status: "404" must be a number or a list.'],
  ],
  [
    'fraction and negative number',
    '    contact:',
    `    rate: { per: [{ n: 1.5, seconds: -1 }] }
    contact:`,
    [
      '9:24 destinations.crm.rate.per[0].n: 1.5 must be a whole number.',
      '9:38 destinations.crm.rate.per[0].seconds: -1 must be more than 0.',
    ],
  ],
  [
    'too small a number',
    '    contact:',
    `    rate: { max_in_flight: 0 }
    contact:`,
    ['9:28 destinations.crm.rate.max_in_flight: 0 must be at least 1.'],
  ],
  [
    'too great a number',
    '    actions:',
    `    retry: { attempts: 1000 }
    actions:`,
    ['18:24 integrations[0].retry.attempts: 1000 must be at most 100.'],
  ],
  [
    'number for a condition',
    '    actions:',
    `    when: 5
    actions:`,
    ['18:11 integrations[0].when: 5 must be text or a map of keys. Put it in quotes.'],
  ],
  [
    'text for a list of conditions',
    '    actions:',
    `    when: { all: call.duration_s }
    actions:`,
    ['18:18 integrations[0].when.all: "call.duration_s" must be a list.'],
  ],
  [
    'two kinds of condition in one',
    '    actions:',
    `    when: { all: [outcomes.a], any: [outcomes.b] }
    actions:`,
    ['18:32 integrations[0].when: "any" cannot stand beside "all".'],
  ],
  [
    'text for true or false',
    '    actions:',
    `    enabled: nope
    actions:`,
    ['18:14 integrations[0].enabled: "nope" must be true or false.'],
  ],
  [
    'map for a list',
    '      - sync: sandbox',
    '      sync: sandbox',
    ['19:7 integrations[0].actions: must be a list, not a map of keys.'],
  ],
  [
    'text for an action',
    '- sync: sandbox',
    '- sandbox',
    ['19:9 integrations[0].actions[0]: "sandbox" must be a map of keys.'],
  ],
  [
    'true where false or a map belongs',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: true`,
    ['20:18 integrations[0].actions[0].contact: true must be false or a map of keys.'],
  ],
  [
    'list for a scalar',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { status: { rules: [{ when: outcomes.a, set: [b] }] } }`,
    [
      '20:63 integrations[0].actions[0].contact.status.rules[0].set: must be text, a number or true or false, not a list.',
    ],
  ],
  [
    'nothing at all',
    'platform: callab',
    'platform:',
    ['3:14 sources.callab.platform: must be callab, callttone, callscaler, atoms or custom; nothing stands here.'],
  ],
])('wrong shape: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
