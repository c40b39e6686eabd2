import { expect, test } from '@jest/globals';

import { parseEnvironment } from '../../../src/config/environment.ts';

const PORT_RANGE = 'must be a whole number from 0 to 65535';

test('with nothing set everything has its default', () => {
  const result = parseEnvironment({});
  if (result.kind === 'invalid') throw new Error(result.problems.join('\n'));
  const { variable: _, ...environment } = result.environment;
  expect(environment).toEqual({
    configFile: 'config/hookline.yaml',
    host: '0.0.0.0',
    port: 8080,
    adminHost: '127.0.0.1',
    adminPort: 8081,
    dataDir: './data',
    logLevel: 'info',
    logFormat: 'json',
  });
});

test('what is set is taken; what is set to nothing counts as not set', () => {
  const result = parseEnvironment({ PORT: '0', ADMIN_PORT: '9000', DATA_DIR: '/data', HOST: '', LOG_LEVEL: '' });
  expect(result).toMatchObject({
    kind: 'ok',
    environment: { port: 0, adminPort: 9000, dataDir: '/data', host: '0.0.0.0', logLevel: 'info' },
  });
});

test('any variable can be asked for by name', () => {
  const result = parseEnvironment({ CALLAB_SECRET: 'x', EMPTY: '' });
  if (result.kind === 'invalid') throw new Error(result.problems.join('\n'));
  const { variable } = result.environment;
  expect([variable('CALLAB_SECRET'), variable('EMPTY'), variable('NOT_SET')]).toEqual(['x', '', undefined]);
});

test.each([
  ['PORT', 'eighty', PORT_RANGE],
  ['PORT', '80.5', PORT_RANGE],
  ['PORT', '-1', PORT_RANGE],
  ['PORT', '70000', PORT_RANGE],
  ['PORT', ' ', PORT_RANGE],
  ['PORT', '0x50', PORT_RANGE],
  ['PORT', '8e3', PORT_RANGE],
  ['ADMIN_PORT', '8081/tcp', PORT_RANGE],
  ['LOG_LEVEL', 'verbose', 'must be debug, info, warn or error'],
  ['LOG_FORMAT', 'text', 'must be json or pretty'],
])('%s=%s is refused: %s', (name, value, problem) => {
  expect(parseEnvironment({ [name]: value })).toEqual({
    kind: 'invalid',
    problems: [`environment variable ${name}=${JSON.stringify(value)}: ${problem}`],
  });
});

test('every problem is told at once', () => {
  expect(parseEnvironment({ PORT: 'x', LOG_LEVEL: 'y' })).toMatchObject({
    problems: [expect.stringContaining('PORT'), expect.stringContaining('LOG_LEVEL')],
  });
});

test.each([
  [{ PORT: '9000', ADMIN_PORT: '9000' }, 9000],
  [{ PORT: '8081' }, 8081],
])('webhooks and the admin side cannot have the same port: %j', (variables, port) => {
  expect(parseEnvironment(variables)).toEqual({
    kind: 'invalid',
    problems: [`PORT and ADMIN_PORT are both ${port}. Set one of them to another port.`],
  });
});

test('both may be 0: any free port each', () => {
  expect(parseEnvironment({ PORT: '0', ADMIN_PORT: '0' })).toMatchObject({ kind: 'ok' });
});
