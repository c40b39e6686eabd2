import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  [
    'name of a source',
    `  callab:
`,
    `  Callab Main:
`,
    ['2:3 sources: the name "Callab Main" must be lower-case letters, digits, - and _, at most 63 characters.'],
  ],
  [
    'token too short',
    "    secrets: ['s3cret-of-some-length']",
    '    token: abc',
    [
      '4:12 sources.callab.token: must be at least 22 letters, digits, "-" or "_". `openssl rand -hex 16` prints a good one.',
    ],
  ],
  [
    'token with other characters',
    "    secrets: ['s3cret-of-some-length']",
    '    token: "äöü0123456789012345678901"',
    [
      '4:12 sources.callab.token: must be at least 22 letters, digits, "-" or "_". `openssl rand -hex 16` prints a good one.',
    ],
  ],
  [
    'empty secret',
    "['s3cret-of-some-length']",
    "['']",
    ['4:15 sources.callab.secrets[0]: is empty. An empty secret would let everybody in.'],
  ],
  [
    'time',
    "['s3cret-of-some-length']",
    '[{ value: abcdefgh, expires_at: tomorrow }]',
    ['4:46 sources.callab.secrets[0].expires_at: "tomorrow" is not a time. Write it like "2027-01-31T00:00:00Z".'],
  ],
  [
    'CIDR',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    allow_ips: [10.0.0.0/33, 300.1.1.1, 0.0.0.0/0]`,
    [
      '5:17 sources.callab.allow_ips[0]: "10.0.0.0/33" is not a network. Write it like "203.0.113.0/24", "2001:db8::/32" or "203.0.113.7".',
      '5:30 sources.callab.allow_ips[1]: "300.1.1.1" is not a network. Write it like "203.0.113.0/24", "2001:db8::/32" or "203.0.113.7".',
      '5:41 sources.callab.allow_ips[2]: "0.0.0.0/0" allows every address. If that is meant, write { cidr: "0.0.0.0/0", confirm: true }.',
    ],
  ],
  [
    'CIDR of a proxy',
    `sources:
`,
    `server: { trusted_proxies: [10.0.0.0/33] }
sources:
`,
    [
      '1:29 server.trusted_proxies[0]: "10.0.0.0/33" is not a network. Write it like "203.0.113.0/24", "2001:db8::/32" or "203.0.113.7".',
    ],
  ],
  [
    'country',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    default_country: USA`,
    ['5:22 sources.callab.default_country: "USA" is not an ISO 3166 country code. Write it like "US" or "DE".'],
  ],
  [
    'phone number',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    own_numbers: ["0123"]`,
    ['5:19 sources.callab.own_numbers[0]: "0123" is not a phone number. Write it like "+12025550110".'],
  ],
  [
    'size',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    max_body: 5 megs`,
    ['5:15 sources.callab.max_body: "5 megs" is not a size between "1kb" and "100mb". Write it like "5mb".'],
  ],
  [
    'size out of bounds',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    max_body: 500mb`,
    ['5:15 sources.callab.max_body: "500mb" is not a size between "1kb" and "100mb". Write it like "5mb".'],
  ],
  [
    'size without a unit',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    max_body: 5000`,
    ['5:15 sources.callab.max_body: 5000 is not a size. Write it like "5mb".'],
  ],
  [
    'size of the ledger without a unit',
    `sources:
`,
    `retention: { max_size: "10" }
sources:
`,
    ['1:24 retention.max_size: "10" is not a size. Write it like "10gb" or "500mb".'],
  ],
  [
    'rate',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    rate_limit: 100 per second`,
    [
      '5:17 sources.callab.rate_limit: "100 per second" is not a rate. Write it like "6000/m", "100/s" or "50000/h", or "off".',
    ],
  ],
  [
    'rate false for "off"',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    rate_limit: false`,
    [
      '5:17 sources.callab.rate_limit: false is not a rate. Write it like "6000/m", "100/s" or "50000/h", or "off" in quotes.',
    ],
  ],
  [
    'duration',
    '    contact:',
    `    timeout: 30 lightyears
    contact:`,
    ['9:14 destinations.crm.timeout: "30 lightyears" is not a length of time. Write it like "30s", "5m" or "1h".'],
  ],
  [
    'duration as a number',
    '    contact:',
    `    timeout: 30
    contact:`,
    ['9:14 destinations.crm.timeout: 30 is not a length of time. Write it like "30s", "5m" or "1h".'],
  ],
  [
    'duration without a unit',
    '    contact:',
    `    timeout: "30"
    contact:`,
    ['9:14 destinations.crm.timeout: "30" is not a length of time. Write it like "30s", "5m" or "1h".'],
  ],
  [
    'duration of settle',
    '    actions:',
    `    settle: { on_analysis: { within: 5 minutes } }
    actions:`,
    [
      '18:38 integrations[0].settle.on_analysis.within: "5 minutes" is not a duration. Write it like "30s", "5m" or "2h".',
    ],
  ],
  [
    'duration of settle as a number',
    '    actions:',
    `    settle: { on_analysis: { within: 5 } }
    actions:`,
    ['18:38 integrations[0].settle.on_analysis.within: 5 is not a duration. Write it like "30s", "5m" or "2h".'],
  ],
  [
    'duration out of bounds',
    '    actions:',
    `    settle: { on_analysis: { within: 48h } }
    actions:`,
    ['18:38 integrations[0].settle.on_analysis.within: "48h" must be from 1s to 24h.'],
  ],
  [
    'base_url',
    'https://crm.example.com',
    'crm.example.com',
    [
      '8:15 destinations.crm.base_url: "crm.example.com" must be an absolute URL such as "https://crm.example.com/api", without user, query or fragment.',
    ],
  ],
  [
    'base_url with a query',
    'https://crm.example.com',
    'https://crm.example.com/?a=1',
    [
      '8:15 destinations.crm.base_url: "https://crm.example.com/?a=1" must be an absolute URL such as "https://crm.example.com/api", without user, query or fragment.',
    ],
  ],
  [
    'path of a request',
    '{ path: /contacts }',
    '{ path: contacts }',
    [
      '11:23 destinations.crm.contact.upsert.path: "contacts" must start with / and hold no ? or #; parameters go to `query`. It is appended to base_url.',
    ],
  ],
  [
    'path into an answer',
    '{ path: /contacts }',
    `{ path: /contacts }
      id: "data["`,
    [
      '12:11 destinations.crm.contact.id: "data[" is not a path. Write it like "data.items[0].id", "phones[].value" or "phones[label=work].value".',
    ],
  ],
])('wrong form: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
