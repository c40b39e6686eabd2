import type { Report } from './bench-crm.ts';

/** API requests per call: of unknown callers, and for the same again. */
export interface Goals {
  readonly first: number;
  readonly again: number;
}

export function printReport(report: Report, goals: Goals): void {
  const { machine: host, calls, records, attempts, memory } = report;
  const row = (label: string, value: string, goal = ''): void =>
    console.log(`${label.padEnd(44)}${value.padStart(12)}  ${goal}`);
  console.log(`${host['cpu']}, ${host['cores']} cores, Node ${host['node']}; ${calls} calls\n`);
  for (const [name, { counted, beside, requestsPerCall, refused, seconds }, goal] of [
    ['burst of unknown callers', report.first, goals.first],
    ['the same events again', report.sameEvents, goals.again],
    ['every run replayed', report.replayed, goals.again],
  ] as const) {
    row(`${name}: requests per call`, requestsPerCall.toFixed(4), `<= ${goal}`);
    row('  by class', JSON.stringify(counted));
    row('  beside them', JSON.stringify(beside));
    row('  refused for being too many', String(refused));
    row('  seconds', seconds.toFixed(1));
  }
  row('people', String(records.people), `= ${calls}`);
  row('calls', String(records.calls), `= ${calls}`);
  row('doubles', String(records.doubles), '= 0');
  row('attempts in all', String(attempts));
  row('RSS MiB, at the end / highest', `${memory.rssMb.toFixed(0)} / ${memory.peakRssMb.toFixed(0)}`);
}
