import Table from 'cli-table3';

import { toIso } from '../shared/clock.ts';
import { harmless, harmlessJson, oneLine } from '../shared/harmless.ts';

/** What fits everywhere; a terminal that is wider is used. */
const MIN_WIDTH = 80;
const GAP = 2;

function room(): number {
  return Math.max(MIN_WIDTH, process.stdout.columns ?? 0);
}

/** A command of ours as the operator would type it. */
export function hookline(command: string): string {
  return `npm run hookline -- ${command}`;
}

/** `1 run`, `2 runs` */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

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
  /** Gives way when the table is too wide: texts at the end, ids in the middle, so that their ends tell them apart. */
  readonly cut?: 'end' | 'middle';
}

/** A plain table as wide as the terminal at most, or 80 columns; columns with `cut` are shortened with `…`. */
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
  output.push(...cells.map((row) => row.map((text, index) => shorten(text, widths[index] ?? 0, columns[index]?.cut))));
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
  while (total() > room()) {
    const widest = widestFlexible(columns, widths);
    if (widest === null) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Narrower, nothing can be told apart. */
const MIN_COLUMN = 6;

function widestFlexible<Row>(columns: readonly Column<Row>[], widths: readonly number[]): number | null {
  let found: number | null = null;
  for (const [index, column] of columns.entries()) {
    const size = widths[index] ?? 0;
    if (column.cut !== undefined && size > MIN_COLUMN && size > (found === null ? 0 : (widths[found] ?? 0)))
      found = index;
  }
  return found;
}

function shorten(text: string, size: number, cut: 'end' | 'middle' = 'end'): string {
  if (text.length <= size) return text;
  const tail = cut === 'middle' ? Math.floor((size - 1) / 2) : 0;
  return `${text.slice(0, size - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** Wraps text to the given indent and the width of the terminal. */
export function indent(text: string, spaces: number): string {
  const available = room() - spaces;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of oneLine(paragraph).split(' ')) {
      if (line !== '' && line.length + 1 + word.length > available) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => ' '.repeat(spaces) + line).join('\n');
}

/** A label with a text beside it; what does not fit goes on below the text. */
export function labelled(label: string, text: string, { spaces, column }: { spaces: number; column: number }): string {
  const start = `${' '.repeat(spaces)}${label}`.padEnd(column - 1);
  return `${start} ${indent(text, column).slice(column)}`;
}

/** `2026-11-20 11:58:02Z` */
export function shortTime(value: number | string | null): string {
  if (value === null) return '-';
  const iso = typeof value === 'number' ? toIso(value) : value;
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}

/** When something is due: `in 4 min`, or `now`. */
export function dueTime(atMs: number, nowMs: number): string {
  if (atMs <= nowMs) return 'now';
  const seconds = Math.ceil((atMs - nowMs) / 1000);
  const amount =
    seconds < 90
      ? `${seconds} s`
      : seconds < 5400
        ? `${Math.round(seconds / 60)} min`
        : seconds < 129_600
          ? `${Math.round(seconds / 3600)} h`
          : `${Math.round(seconds / 86_400)} d`;
  return `in ${amount}`;
}
