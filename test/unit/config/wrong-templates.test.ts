import { expect, test } from '@jest/globals';

import { edited, problemsOf } from '../../support/check-config.ts';

test.each<[what: string, written: string, instead: string, problems: readonly string[]]>([
  [
    'variable',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact:
          fields:
            last_call_at: "{{ call.endd_at }}"`,
    [
      '22:27 integrations[0].actions[0].contact.fields.last_call_at: "{{ call.endd_at }}", column 4: Unknown variable "call.endd_at". Did you mean "call.ended_at"?',
    ],
  ],
  [
    'variable in a request',
    '/calls/{{ call.id }}',
    '/calls/{{ cal.id }}',
    ['14:20 destinations.crm.call.put.path: "{{ cal.id }}", column 4: Unknown variable "cal.id". Did you mean "call"?'],
  ],
  [
    'variable in a condition',
    '    actions:',
    `    when: call.durtion_s > 20
    actions:`,
    [
      '18:11 integrations[0].when: "call.durtion_s > 20", column 1: Unknown variable "call.durtion_s". Did you mean "call.duration_s"?',
    ],
  ],
  [
    'variable in a condition on an answer',
    '    contact:',
    `    errors: [{ when: { body: bodi.x == 1 }, do: retry }]
    contact:`,
    [
      '9:30 destinations.crm.errors[0].when.body: "bodi.x == 1", column 1: Unknown variable "bodi.x". Did you mean "body"?',
    ],
  ],
  [
    'variable that is not known so early',
    '    actions:',
    `    when: history.total_calls > 2
    actions:`,
    [
      '18:11 integrations[0].when: "history.total_calls > 2", column 1: Unknown variable "history.total_calls". "history" is counted later: use it in the "when" of an action.',
    ],
  ],
  [
    'filter',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact:
          fields:
            last_call_at: "{{ call.ended_at | dat }}"`,
    [
      '22:27 integrations[0].actions[0].contact.fields.last_call_at: "{{ call.ended_at | dat }}", column 1: the filter "dat" does not exist. Did you mean "date"?',
    ],
  ],
  [
    'tag',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact:
          fields:
            x: "{% for a in b %}{% endfor %}"`,
    [
      '22:16 integrations[0].actions[0].contact.fields.x: "{% for a in b %}{% endfor %}", column 1: the tag "for" is not available. Known: if, unless, case, assign, raw, elsif, else, when.',
    ],
  ],
  [
    'braces not closed',
    '      - sync: sandbox',
    `      - sync: sandbox
        contact:
          fields:
            x: "{{ call.ended_at "`,
    [
      '22:16 integrations[0].actions[0].contact.fields.x: "{{ call.ended_at ", column 1: output "{{ call.ended_at " not closed',
    ],
  ],
  [
    'and mixed with or',
    '    actions:',
    `    when: call.duration_s > 20 and outcomes.a or outcomes.b
    actions:`,
    [
      '18:11 integrations[0].when: "call.duration_s > 20 and outcomes.a or outcomes.b", column 1: "and" mixed with "or" has no clear meaning here: in a condition use the keys "all" and "any"',
    ],
  ],
  [
    'braces around a condition',
    '    actions:',
    `    when: "{{ call.duration_s > 20 }}"
    actions:`,
    [
      '18:11 integrations[0].when: "{{ call.duration_s > 20 }}", column 1: a condition is a bare expression: leave out the braces',
    ],
  ],
  [
    '= for ==',
    '    actions:',
    `    when: call.status = "completed"
    actions:`,
    [
      '18:11 integrations[0].when: "call.status = "completed"", column 14: expected "|" before filter (to compare, write "==" instead of "=")',
    ],
  ],
])('template: %s', (_what, written, instead, problems) => {
  expect(problemsOf(edited(written, instead))).toEqual(problems);
});
