import { expect, test } from '@jest/globals';

import { problemsOf } from '../../../support/check-config.ts';

function problems(lines: string): readonly string[] {
  return problemsOf(
    `sources: { callab: { platform: callab, secrets: [a-secret-of-some-length] } }\ndestinations:\n  hubspot:\n    type: hubspot\n${lines.replaceAll(/^/gm, '    ')}\n`,
  );
}

test('a key or OAuth, not both and not neither', () => {
  expect(problems('timeout: 30s')).toEqual([expect.stringContaining('needs either access_token or oauth.')]);
  const oauth = 'oauth: { client_id: a, client_secret: b, refresh_token: c }';
  expect(problems(`access_token: pat\n${oauth}`)).toEqual([
    expect.stringContaining('needs either access_token or oauth.'),
  ]);
  expect(problems(oauth)).toEqual([]);
});

test.each([
  'access_token: "pat-na1-hidden\\nx"',
  'access_token: [pat-na1-hidden]',
  'access_token: { is: pat-na1-hidden }',
])('a wrong token is not shown: %s', (line) => {
  const found = problems(line);
  expect(found).not.toEqual([]);
  expect(found.join('\n')).not.toContain('hidden');
});
