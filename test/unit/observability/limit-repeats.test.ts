import { expect, test } from '@jest/globals';

import { limitRepeats } from '../../../src/observability/limit-repeats.ts';
import type { LogFields } from '../../../src/shared/logger.ts';
import { createManualClock } from '../../support/manual-clock.ts';

function setUp() {
  const clock = createManualClock();
  const lines: (readonly [string, LogFields | undefined])[] = [];
  const keep = (event: string, fields?: LogFields): void => void lines.push([event, fields]);
  const logger = limitRepeats({ debug: keep, info: keep, warn: keep, error: keep }, clock);
  return { clock, lines, logger };
}

test('of lines that come with every webhook one in 30 s is written, with the number of the others', () => {
  const { clock, lines, logger } = setUp();
  for (let index = 0; index < 100; index += 1) logger.error('receive.not_stored', { source: 'callab' });
  clock.advance(30_000);
  logger.error('receive.not_stored', { source: 'callab' });
  expect(lines).toEqual([
    ['receive.not_stored', { source: 'callab' }],
    ['receive.not_stored', { source: 'callab', suppressed: 99 }],
  ]);
});

test('each destination is told of; other lines all are', () => {
  const { lines, logger } = setUp();
  for (const destination of ['a', 'b', 'a']) logger.error('run.not_claimed', { destination });
  for (const run of ['1', '2']) logger.warn('run.attempted', { run });
  expect(lines.map(([event, fields]) => [event, ...Object.values(fields ?? {})])).toEqual([
    ['run.not_claimed', 'a'],
    ['run.not_claimed', 'b'],
    ['run.attempted', '1'],
    ['run.attempted', '2'],
  ]);
});
