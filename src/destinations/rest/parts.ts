import type { Clock } from '../../shared/clock.ts';
import type { Ask } from './exchange.ts';

/** What every operation of a rest destination works with. */
export interface RestParts {
  readonly destination: string;
  readonly clock: Clock;
  readonly ask: Ask;
}
