import Table from 'cli-table3';

import { toIso } from '../shared/clock.ts';
import { harmless, harmlessJson, oneLine } from '../shared/harmless.ts';

const WIDTH = 80;
const GAP = 2;

/** Prints to standard output. Line breaks are ours: values from outside go through `oneLine` first. */
export function print(text = ''): void {
  console.log(harmless(text));
}

/** Prints to standard error. */
export function printError(text: string): void {
  console.error(harmless(text));
}

/** Prints one JSON document; the shape is a promise to scripts. */
export function printJson(value: unknown): void {
  console.log(harmlessJson(JSON.stringify(value, null, 2)));
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Gives way first when the table is wider than 80 columns. */
  readonly flexible?: boolean;
}

/** A plain table at most 80 columns wide; flexible columns are cut with `…`. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const widths = fit(columns, cells);
  const output = new Table({
    head: columns.map((column) => column.title),
    colWidths: widths.map((width) => width + GAP),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  output.push(...cells);
  return output
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function fit<Row>(columns: readonly Column<Row>[], cells: readonly (readonly string[])[]): number[] {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const total = (): number => widths.reduce((sum, width) => sum + width + GAP, -GAP);
  while (total() > WIDTH) {
    const widest = widestFlexible(columns, widths);
    if (widest === null) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function widestFlexible<Row>(columns: readonly Column<Row>[], widths: readonly number[]): number | null {
  let found: number | null = null;
  for (const [index, column] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (column.flexible === true && width > 6 && width > (found === null ? 0 : (widths[found] ?? 0))) found = index;
  }
  return found;
}

/** Wraps text to the given indent and 80 columns. */
export function indent(text: string, spaces: number): string {
  const room = WIDTH - spaces;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of oneLine(paragraph).split(' ')) {
      if (line !== '' && line.length + 1 + word.length > room) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => ' '.repeat(spaces) + line).join('\n');
}

/** `2026-11-20 11:58:02Z` */
export function shortTime(value: number | string | null): string {
  if (value === null) return '-';
  const iso = typeof value === 'number' ? toIso(value) : value;
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}

/** `in 4 min`, `2 h ago` */
export function relativeTime(atMs: number, nowMs: number): string {
  const seconds = Math.round(Math.abs(atMs - nowMs) / 1000);
  const amount =
    seconds < 90
      ? `${seconds} s`
      : seconds < 5400
        ? `${Math.round(seconds / 60)} min`
        : seconds < 129_600
          ? `${Math.round(seconds / 3600)} h`
          : `${Math.round(seconds / 86_400)} d`;
  return atMs > nowMs ? `in ${amount}` : `${amount} ago`;
}
