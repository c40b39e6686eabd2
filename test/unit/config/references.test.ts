import { expect, test } from '@jest/globals';

import { interpolate } from '../../../src/config/interpolate.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import { edited, problemsOf } from '../../support/check-config.ts';

const HOW_TO = 'Write ${NAME} for an environment variable, ${file:/path} for a file, or $${ for a literal ${.';
const SECRET_FILE = 'test/fixtures/config/secret.txt';

function fill(
  value: JsonValue,
  variables: Readonly<Record<string, string>>,
): { value: JsonValue; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  return { value: interpolate(value, { variable: (name) => variables[name] }, issues).value, issues };
}

test('references are filled in wherever a text stands, several in one, and nowhere else', () => {
  const written = {
    list: ['${A}-${B}', 5, null, true],
    map: { '${A}': 'Bearer ${A}' },
    file: `\${file:${SECRET_FILE}}`,
  };
  expect(fill(written, { A: 'one', B: 'two' })).toEqual({
    value: { list: ['one-two', 5, null, true], map: { '${A}': 'Bearer one' }, file: 'from-a-file-with-a-line-end' },
    issues: [],
  });
});

test('$${ is a literal ${', () => {
  expect(fill(['$${A}', '$${A', '${A}$${B}', 'costs 5$'], { A: 'one' })).toEqual({
    value: ['${A}', '${A', 'one${B}', 'costs 5$'],
    issues: [],
  });
});

test('what is filled in is never read again: neither as a reference nor as YAML', () => {
  const variables = { A: '${B}', C: 'x }\nallow_unsigned: true', D: '$&$1' };
  expect(fill(['${A}', '${C}', '${D}'], variables)).toEqual({ value: ['${B}', variables.C, '$&$1'], issues: [] });
});

test.each([
  ['${NOT_SET}', 'the environment variable NOT_SET is not set. Set it (for example in .env), or take ${NOT_SET} out.'],
  ['${EMPTY}', 'the environment variable EMPTY is empty. Set it (for example in .env), or take ${EMPTY} out.'],
  ['${NOT-SET:-x}', `\${NOT-SET:-x} is no reference. ${HOW_TO}`],
  ['${}', `\${} is no reference. ${HOW_TO}`],
  ['${NOT_SET', `\${ is not closed by }. ${HOW_TO}`],
  ['${file:/run/secrets/none}', '${file:/run/secrets/none}: there is no such file.'],
  ['${file:test/fixtures}', '${file:test/fixtures}: this is a folder, not a file.'],
  ['${file:test/fixtures/_traps/empty.txt}', '${file:test/fixtures/_traps/empty.txt}: the file is empty.'],
])('%s is one problem, told at its place, and nothing follows from it', (reference, message) => {
  const text = edited("'s3cret-of-some-length'", `'${reference}'`);
  expect(problemsOf(text, { EMPTY: '' })).toEqual([`4:15 sources.callab.secrets[0]: ${message}`]);
});

test('a number cannot come from the environment, and that is said', () => {
  const text = edited('    contact:', '    rate: { max_in_flight: "${MANY}" }\n    contact:');
  expect(problemsOf(text, { MANY: '5' })).toEqual([
    '9:28 destinations.crm.rate.max_in_flight: "${MANY}" must be a number. A ${…} always gives text.',
  ]);
});

const SECRETS = "['s3cret-of-some-length']";

/** Each place refuses the value, or quotes the text around it. */
test.each([
  ['sources:\n', 'server: { max_body: "${SECRET}", rate_limit: { per_source: "${SECRET}" } }\nsources:\n'],
  ['sources:\n', 'server: { trusted_proxies: ["${SECRET}"] }\nsources:\n'],
  ['sources:\n', 'retention: { max_size: "${SECRET}" }\nsources:\n'],
  ['platform: callab', 'platform: "${SECRET}"'],
  [SECRETS, '["${SECRET}"]\n    own_numbers: ["${SECRET}"]'],
  [SECRETS, '["${SECRET}"]\n    default_country: "${SECRET}"'],
  [SECRETS, '[{ value: x, expires_at: "${SECRET}" }]'],
  [`secrets: ${SECRETS}`, 'token: "${SECRET}"'],
  [`secrets: ${SECRETS}`, 'auth: { type: header, name: "${SECRET}", value: "" }'],
  ['https://crm.example.com', 'https://crm.example.com/?key=${SECRET}'],
  ['    contact:', '    headers: { Api-Key: "${SECRET}\\n" }\n    contact:'],
  ['    contact:', '    auth: { type: oauth2_jwt_bearer, private_key: "${SECRET}" }\n    contact:'],
  ['{ path: /contacts }', '{ path: /contacts, query: { key: "${SECRET}", x: "${SECRET} {{ cal.id }}" } }'],
  ['{ path: /contacts }', '{ path: "/contacts/${SECRET}/{{ cal.id }}" }'],
  ['{ path: /contacts }', '{ path: /contacts, body: { key: "${SECRET} {{ call.id | fltr }}" } }'],
  ['sync: sandbox', 'sync: "${SECRET}"'],
  ['    actions:', '    sources: ["${SECRET}"]\n    actions:'],
  ['    actions:', '    when: call.id == "${SECRET}" and cal.id\n    actions:'],
  ['    actions:', '    trigger: "${SECRET}"\n    actions:'],
])('what comes from outside is never shown: %s', (written, instead) => {
  const secret = 'hunter2 is no URL, no number, no name';
  const problems = problemsOf(edited(written, instead), { SECRET: secret });
  expect(problems).not.toEqual([]);
  expect(problems.join('\n')).not.toContain('hunter2');
});

test.each([
  [`secrets: ${SECRETS}`, 'token: hunter2'],
  [SECRETS, '{ one: hunter2 }'],
  [`secrets: ${SECRETS}`, 'auth: { type: basic, username: me, password: [hunter2] }'],
  ['    contact:', '    auth: { type: oauth2_jwt_bearer, private_key: hunter2 }\n    contact:'],
  ['    contact:', '    headers: { Api-Key: "hunter2\\n" }\n    contact:'],
  ['  callab:\n    platform', '  - hunter2: 1\n    platform'],
])('nor is a secret that somebody wrote into the file: %s', (written, instead) => {
  const problems = problemsOf(edited(written, instead));
  expect(problems).not.toEqual([]);
  expect(problems.join('\n')).not.toContain('hunter2');
});
