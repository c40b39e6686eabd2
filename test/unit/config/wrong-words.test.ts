import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  [
    'platform',
    'platform: callab',
    'platform: calab',
    [
      '3:15 sources.callab.platform: "calab" must be callab, callttone, callscaler, atoms or custom. Did you mean "callab"?',
    ],
  ],
  [
    'type of destination',
    'type: rest',
    'type: rst',
    ['7:11 destinations.crm.type: "rst" must be hubspot, rest, salesforce or sandbox. Did you mean "rest"?'],
  ],
  [
    'type of auth',
    "    secrets: ['s3cret-of-some-length']",
    '    auth: { type: beerer, token: abc }',
    ['4:19 sources.callab.auth.type: "beerer" must be bearer, header or basic. Did you mean "bearer"?'],
  ],
  [
    'on_invalid',
    "['s3cret-of-some-length']",
    `[abcdefgh]
    on_invalid: rejct`,
    ['5:17 sources.callab.on_invalid: "rejct" must be reject or quarantine. Did you mean "reject"?'],
  ],
  [
    'strategy',
    'strategy: upsert',
    'strategy: upsrt',
    [
      '10:17 destinations.crm.contact.strategy: "upsrt" must be put, upsert, create, find_or_create, find_then_update or append. Did you mean "upsert"?',
    ],
  ],
  [
    'method in lower case',
    '{ path: /contacts }',
    '{ path: /contacts, method: post }',
    [
      '11:42 destinations.crm.contact.upsert.method: "post" must be GET, POST, PUT, PATCH or DELETE. Did you mean "POST"?',
    ],
  ],
  [
    'do',
    '    contact:',
    `    errors: [{ when: { status: 404 }, do: rtry }]
    contact:`,
    [
      '9:43 destinations.crm.errors[0].do: "rtry" must be retry, refresh_auth, conflict, permanent or pause. Did you mean "retry"?',
    ],
  ],
  [
    'trigger',
    '    actions:',
    `    trigger: call.endd
    actions:`,
    [
      '18:14 integrations[0].trigger: "call.endd" must be call.in_call, call.started, call.answered, call.transferred, call.ended, call.recording_ready, call.transcript_ready, call.analyzed, call.updated or a list. Did you mean "call.ended"?',
    ],
  ],
  [
    'trigger in a list',
    '    actions:',
    `    trigger: [call.ended, call.analysed]
    actions:`,
    [
      '18:27 integrations[0].trigger[1]: "call.analysed" must be call.in_call, call.started, call.answered, call.transferred, call.ended, call.recording_ready, call.transcript_ready, call.analyzed or call.updated. Did you mean "call.analyzed"?',
    ],
  ],
  [
    'settle',
    '    actions:',
    `    settle: on_analisis
    actions:`,
    [
      '18:13 integrations[0].settle: "on_analisis" must be on_end, on_analysis or a map of keys. Did you mean "on_analysis"?',
    ],
  ],
  [
    'match',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { match: [fone] }`,
    [
      '20:28 integrations[0].actions[0].contact.match[0]: "fone" must be external_id, phone or email. Did you mean "phone"?',
    ],
  ],
  [
    'on_no_match',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { on_no_match: crate }`,
    [
      '20:33 integrations[0].actions[0].contact.on_no_match: "crate" must be create, skip or hold. Did you mean "create"?',
    ],
  ],
  [
    'write',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact: { fields: { a: { value: x, write: mx } } }`,
    [
      '20:52 integrations[0].actions[0].contact.fields.a.write: "mx" must be newer, overwrite, fill_if_empty, append or max. Did you mean "max"?',
    ],
  ],
])('wrong word: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
