import { toIso } from '../../../shared/clock.ts';
import type { Org } from './org.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The first and the last day of `today`, `last_n_days:30`, … */
export function readQueryTime(org: Org, word: string): { readonly first: string; readonly last: string } {
  const [name = '', count = '0'] = word.split(':');
  const days = Number(count);
  switch (name) {
    case 'yesterday':
      return span(org, -1, -1);
    case 'tomorrow':
      return span(org, 1, 1);
    // Today is the last of the last n days, and none of the next.
    case 'last_n_days':
      return span(org, -days, 0);
    case 'next_n_days':
      return span(org, 1, days);
    default:
      return span(org, 0, 0);
  }
}

function span(org: Org, from: number, to: number): { first: string; last: string } {
  const day = (offset: number): string => org.dayOf(toIso(org.now() + offset * DAY_MS));
  return { first: day(from), last: day(to) };
}
