import { expect, test } from '@jest/globals';

import { createLogger } from '../../../src/observability/logger.ts';

function capture(options: { level?: 'debug' | 'info' | 'warn' | 'error'; format?: 'json' | 'pretty' } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    level: options.level ?? 'info',
    format: options.format ?? 'json',
    write: (line) => void lines.push(line),
  });
  return { lines, logger };
}

test('a line is one JSON object with time, level, event and masked fields', () => {
  const { lines, logger } = capture();
  logger.warn('receive.refused', { source: 'callab', phone: '+12025550143', token: 'abc' });
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(line).toMatchObject({
    level: 'warn',
    event: 'receive.refused',
    source: 'callab',
    phone: '***0143',
    token: '***',
  });
  expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('a field cannot replace time, level or event', () => {
  const { lines, logger } = capture();
  logger.info('real', { event: 'forged', level: 'error', time: 'never' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'real', level: 'info' });
});

test('lines below the level are not written', () => {
  const { lines, logger } = capture({ level: 'warn' });
  logger.info('quiet');
  logger.debug('quiet');
  logger.error('loud');
  expect(lines).toHaveLength(1);
});

test('a line break in a value does not start a second line', () => {
  const { lines, logger } = capture();
  logger.info('x', { path: 'a\n{"event":"forged"}' });
  expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
});

test('long texts are cut', () => {
  const { lines, logger } = capture();
  logger.info('x', { reason: 'word '.repeat(1000) });
  expect(lines[0]?.length).toBeLessThan(700);
  expect(lines[0]).toContain('(5000 characters)');
});

test('pretty lines are for people', () => {
  const { lines, logger } = capture({ format: 'pretty' });
  logger.info('daemon.started', { port: 8080, note: 'two words' });
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}daemon\.started port=8080 note="two words"\n$/);
});

test('a wide pretty line goes on below itself within 120 columns', () => {
  const { lines, logger } = capture({ format: 'pretty' });
  const fields = Object.fromEntries(Array.from({ length: 20 }, (_unused, index) => [`field_${index}`, 'some words']));
  logger.info('run.attempted', fields);
  const rows = (lines[0] ?? '').trimEnd().split('\n');
  expect(rows).toHaveLength(5);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(120);
  expect(rows.slice(1).every((row) => /^ {19}field_\d+="some words"/.test(row))).toBe(true);
});

test.each(['json', 'pretty'] as const)(
  '%s lines only show what they hold: no escape sequences, no turned text',
  (format) => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', format, write: (line) => void lines.push(line) });
    const hostile = 'a\u001b[2J\u009b31m\u202e\u2028\r\nb';
    logger.info('receive.refused', { source: hostile, [hostile]: [hostile] });
    expect(lines.join('')).toHaveLength(lines[0]?.length ?? 0);
    // A pretty line may go on below itself.
    expect(lines[0]?.trimEnd().replaceAll(/\n {19}(?=\S)/g, '')).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u);
    if (format === 'json') expect(JSON.parse(lines[0] ?? '')).toMatchObject({ source: hostile });
  },
);
