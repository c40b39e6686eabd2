import type { Memory } from '../read-memory.ts';
import type { Measured } from './wrk.ts';

export interface Report {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Median over the rounds of Hookline's requests a second through the bare handler's. */
  readonly ratio: number;
  readonly bare: Summary;
  readonly hookline: Summary;
  readonly memory: { readonly afterRounds: Memory; readonly atTheEnd: Memory; readonly bare: Memory };
  readonly events: { readonly recorded: number; readonly duplicates: number };
  readonly rounds: readonly { readonly bare: Measured; readonly hookline: Measured }[];
}

/** Medians over the rounds, and the worst of what may not be bad even once. */
export interface Summary {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstP99Ms: number;
  readonly errors: number;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function summarise(rounds: readonly Measured[]): Summary {
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    worstP99Ms: Math.max(...rounds.map(({ p99Ms }) => p99Ms)),
    errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
  };
}

export function printReport(report: Report): void {
  const { machine, bare, hookline, memory, events } = report;
  const row = (name: string, ...cells: string[]): void =>
    console.log(name.padEnd(30) + cells.map((cell) => cell.padStart(14)).join(''));
  console.log(
    `${machine['cpu']}, ${machine['cores']} cores, Node ${machine['node']}, ${report.rounds.length} rounds\n`,
  );
  row('', 'bare', 'hookline', 'goal');
  row('requests/s (median)', bare.perSecond.toFixed(0), hookline.perSecond.toFixed(0), '');
  row('ratio (median of rounds)', '1.00', report.ratio.toFixed(2), '>= 0.80');
  row('p50 ms', bare.p50Ms.toFixed(1), hookline.p50Ms.toFixed(1), '');
  row('p99 ms (median)', bare.p99Ms.toFixed(1), hookline.p99Ms.toFixed(1), '<= 25');
  row('p99 ms (worst round)', bare.worstP99Ms.toFixed(1), hookline.worstP99Ms.toFixed(1), '');
  row('errors', String(bare.errors), String(hookline.errors), '0');
  row('RSS MiB at the end', memory.bare.rssMb.toFixed(0), memory.atTheEnd.rssMb.toFixed(0), '<= 200');
  row('RSS MiB, highest', memory.bare.peakRssMb.toFixed(0), memory.atTheEnd.peakRssMb.toFixed(0), '');
  row('events kept', '-', String(events.recorded), '');
  row('duplicates', '-', String(events.duplicates), '0');
}
