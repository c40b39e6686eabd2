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
    mode: { kind: 'embedded', dataDir: './data' },
    drainSeconds: 0,
    setupToken: null,
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

const DATABASE_URL = 'postgres://hookline:s3cret@db.internal:5432/hookline';
const REDIS_URL = 'redis://:s3cret@cache.internal:6379';

test('DATABASE_URL alone: PostgreSQL alone; with REDIS_URL: scaled out', () => {
  expect(parseEnvironment({ DATABASE_URL })).toMatchObject({
    environment: { mode: { kind: 'postgres', databaseUrl: DATABASE_URL }, drainSeconds: 5 },
  });
  expect(parseEnvironment({ DATABASE_URL, REDIS_URL, DRAIN_SECONDS: '12' })).toMatchObject({
    environment: {
      mode: {
        kind: 'scaled_out',
        databaseUrl: DATABASE_URL,
        redis: { kind: 'ok', options: { host: 'cache.internal', password: 's3cret' } },
        redisPrefix: 'hookline',
      },
      drainSeconds: 12,
    },
  });
});

test.each<[variables: Record<string, string>, words: readonly string[]]>([
  [{ REDIS_URL }, ['REDIS_URL is set and DATABASE_URL is not', 'set DATABASE_URL=postgres://', 'remove REDIS_URL']],
  [{ DATABASE_URL: 'mysql://u:s3cret@host/db' }, ['DATABASE_URL', 'mysql://', 'write postgres://']],
  [{ DATABASE_URL: 'postgres://u:s3cret@host' }, ['DATABASE_URL', 'names no database']],
  [{ DATABASE_URL: 'postgres://u:s3cret/#@host:x/db' }, ['DATABASE_URL', 'is not a URL', 'percent-encoded']],
  [{ DATABASE_URL: 'postgres://u:12/s3cret@host/db' }, ['DATABASE_URL', 'percent-encoded (/ as %2F']],
  [{ DATABASE_URL: 'postgres://u:s3cret%@host/db' }, ['DATABASE_URL', '% as %25']],
  [{ DATABASE_URL, REDIS_URL: 'rediss//:s3cret@host' }, ['REDIS_URL', 'redis://']],
  [{ DATABASE_URL, DATABASE_URL_FILE: '/run/secrets/database_url' }, ['DATABASE_URL and DATABASE_URL_FILE']],
  [{ HOOKLINE_REDIS_PREFIX: 'a{b}' }, ['HOOKLINE_REDIS_PREFIX', 'letters']],
  [{ DRAIN_SECONDS: '5s' }, ['DRAIN_SECONDS', 'whole number of seconds']],
])('%j is refused, and no password is told', (variables, words) => {
  const result = parseEnvironment(variables);
  if (result.kind === 'ok') throw new Error('it was taken');
  const text = result.problems.join('\n');
  for (const word of words) expect(text).toContain(word);
  expect(text).not.toContain('s3cret');
});
