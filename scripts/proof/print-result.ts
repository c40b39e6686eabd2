import type { Comparison, CrmComparison } from './compare.ts';
import type { ProofResult } from './run-proof.ts';

const MAX_PROBLEMS = 30;

/** Prints what happened, readable at 80 columns. */
export function printResult(result: ProofResult): void {
  for (const line of resultLines(result)) console.log(line);
}

function resultLines(result: ProofResult): string[] {
  const { traffic, ledger, problems } = result;
  return [
    '',
    row('seed', String(result.seed)),
    row('kills (SIGKILL)', String(result.kills)),
    row('from start to first 200', summarize(result.recoveriesMs)),
    row('calls', String(traffic.calls.length)),
    row('requests sent', `${traffic.sent}, ${traffic.answered} answered 200, ${traffic.unanswered} without an answer`),
    ...[...traffic.otherAnswers].map(([status, times]) => row(`answered ${status}`, String(times))),
    row('deliveries acknowledged', `${ledger.acknowledged}, ${traffic.repeated} repeated after that`),
    row('events in the ledger', `${ledger.stored}, ${ledger.duplicates} duplicates, ${ledger.lost.length} lost`),
    row('until the CRMs were complete', `${(result.settledMs / 1000).toFixed(1)} s after the last acknowledgement`),
    ...[...result.crms].flatMap(([name, comparison]) => crmLines(name, comparison, result.requests.get(name) ?? 0)),
    '',
    ...verdictLines(problems, result),
  ];
}

function crmLines(name: string, comparison: CrmComparison, requests: number): string[] {
  return [
    '',
    `CRM "${name}", ${requests} requests`,
    cells('', ['expected', 'found', 'doubled', 'missing', 'extra', 'wrong']),
    ...(['contacts', 'calls', 'tasks'] as const).map((kind) => cells(kind, counts(comparison[kind]))),
  ];
}

function counts({ expected, found, doubled, missing, extra, wrong }: Comparison): string[] {
  return [expected, found, doubled.length, missing.length, extra.length, wrong.length].map(String);
}

function cells(title: string, values: readonly string[]): string {
  return `  ${title.padEnd(10)}${values.map((value) => value.padStart(10)).join('')}`;
}

function verdictLines(problems: readonly string[], { seed, folder }: ProofResult): string[] {
  if (problems.length === 0) return ['Nothing lost, nothing doubled, nothing wrong.'];
  const more = problems.length > MAX_PROBLEMS ? [`… and ${problems.length - MAX_PROBLEMS} more`] : [];
  return [
    ...problems.slice(0, MAX_PROBLEMS),
    ...more,
    '',
    `FAILED. Again with: --seed ${seed}`,
    `Ledger and log: ${folder}`,
  ];
}

function row(label: string, value: string): string {
  return `${label.padEnd(30)}${value}`;
}

function summarize(values: readonly number[]): string {
  if (values.length === 0) return '-';
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return `median ${at(0.5)} ms, longest ${at(1)} ms (${values.length} starts)`;
}
