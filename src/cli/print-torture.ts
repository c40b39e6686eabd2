import type { Recovery } from '../torture/recovery.ts';
import type { TortureEnd, TortureResult } from '../torture/torture.ts';
import { count, hookline, indent, table } from './output.ts';

const MAX_PROBLEMS = 30;

/** What came of it, readable at 80 columns. */
export function tortureLines(end: TortureEnd): string[] {
  if (end.kind === 'impossible') return [`SKIPPED. ${end.reason}`];
  if (end.kind === 'broke_off') return ['', `BROKE OFF. ${end.reason}`, ...whereToLook(end)];
  return [
    '',
    ...countLines(end),
    '',
    recoveryTable(end),
    '',
    ...end.skipped.map((reason) => indent(`Skipped ${reason}`, 0)),
    ...verdictLines(end),
  ];
}

/** The same for machines; the shape is a promise to scripts. */
export function tortureJson(end: TortureEnd): Readonly<Record<string, unknown>> {
  const { mode, crm, seed, seconds } = end.options;
  if (end.kind === 'impossible') return { mode, crm, seed, seconds, skipped: [end.reason] };
  if (end.kind === 'broke_off') return { mode, crm, seed, seconds, brokeOff: end.reason, folder: end.folder };
  return {
    mode,
    crm,
    seed,
    seconds,
    ...counts(end),
    settledMs: end.settled.ms,
    replayedDeadLetters: end.settled.replayed,
    recoveries: Object.fromEntries(end.recoveries),
    skipped: end.skipped,
    problems: end.problems,
    folder: end.folder,
  };
}

function counts({ ledger, crms, traffic }: TortureResult) {
  const comparisons = [...crms.values()].flatMap((crm) => Object.values(crm));
  const sum = (of: (comparison: (typeof comparisons)[number]) => number): number =>
    comparisons.reduce((total, comparison) => total + of(comparison), 0);
  return {
    acknowledged: ledger.acknowledged,
    lost: ledger.lost.length,
    crmRecords: sum(({ expected }) => expected),
    missing: sum(({ missing }) => missing.length),
    doubled: sum(({ doubled }) => doubled.length),
    wrong: sum(({ wrong, extra }) => wrong.length + extra.length),
    calls: traffic.calls.length,
    requests: traffic.sent,
    unanswered: traffic.unanswered,
    otherAnswers: Object.fromEntries(traffic.otherAnswers),
    duplicates: ledger.duplicates,
  };
}

function countLines(result: TortureResult): string[] {
  const { acknowledged, lost, crmRecords, missing, doubled, wrong, calls, requests, unanswered, otherAnswers } =
    counts(result);
  const others = Object.entries(otherAnswers).map(([status, times]) => `${times} answered ${status}`);
  const { ms, replayed } = result.settled;
  return [
    row('events acknowledged', acknowledged, `of ${count(calls, 'call')}`),
    row('events lost', lost),
    row('CRM records', crmRecords, `expected in ${[...result.crms.keys()].join(', ')}: contacts, calls and tasks`),
    row('CRM records missing', missing),
    row('CRM records doubled', doubled),
    row('CRM records wrong', wrong),
    row('requests sent', requests, [`${unanswered} without an answer`, ...others].join(', ')),
    row('duplicates recognised', result.ledger.duplicates),
    row('dead letters replayed', replayed),
    row('until all was done', `${(ms / 1000).toFixed(1)} s`, 'after the last acknowledgement'),
  ];
}

function row(label: string, value: string | number, remark = ''): string {
  return `${label.padEnd(24)}${String(value).padStart(9)}   ${remark}`.trimEnd();
}

function recoveryTable({ recoveries }: TortureResult): string {
  return table(
    [
      { title: 'recovery after', value: ([title]) => title },
      { title: 'times', value: ([, times]) => String(times.length) },
      { title: 'first 200 (median, worst)', value: ([, times]) => spread(times, 'answerMs') },
      { title: 'first CRM write', value: ([, times]) => spread(times, 'writeMs') },
    ],
    [...recoveries],
  );
}

function spread(recoveries: readonly Recovery[], of: keyof Recovery): string {
  const sorted = recoveries.flatMap((recovery) => recovery[of] ?? []).toSorted((left, right) => left - right);
  if (sorted.length < recoveries.length) return 'never';
  // Of two the faster one: the other is the worst already.
  return `${inSeconds(sorted[Math.floor((sorted.length - 1) / 2)])}, ${inSeconds(sorted.at(-1))}`;
}

function inSeconds(ms = 0): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function verdictLines({ problems, options, folder }: TortureResult): string[] {
  if (problems.length === 0) return ['Nothing lost, nothing missing, nothing doubled, nothing wrong.'];
  const more = problems.length > MAX_PROBLEMS ? [`… and ${problems.length - MAX_PROBLEMS} more`] : [];
  return [
    ...problems.slice(0, MAX_PROBLEMS).map((problem) => indent(problem, 0)),
    ...more,
    '',
    'FAILED.',
    ...whereToLook({ options, folder }),
  ];
}

function whereToLook({ options, folder }: Pick<TortureResult, 'options' | 'folder'>): string[] {
  return [`Ledger, config and logs: ${folder}`, `Again with: ${hookline(commandOf(options))}`];
}

function commandOf({ mode, crm, seconds, seed, only, receivers, workers }: TortureResult['options']): string {
  const processes = mode === 'embedded' ? '' : ` --receivers ${receivers} --workers ${workers}`;
  return `torture --mode ${mode} --crm ${crm} --seconds ${seconds} --seed ${seed} --only ${only.join(',')}${processes}`;
}
