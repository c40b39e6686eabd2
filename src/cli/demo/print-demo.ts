import type { DaemonServices } from '../../daemon/services.ts';
import type { CallRow } from '../../ledger/ledger.ts';
import { syncState } from '../calls.ts';
import { print, table } from '../output.ts';
import type { DemoCrm } from './crm.ts';
import type { Sent } from './send-deliveries.ts';

/** Prints what came of the deliveries; true when everything is as it should be. */
export async function printDemo(services: DaemonServices, crm: DemoCrm, sent: readonly Sent[]): Promise<boolean> {
  const { ledger } = services;
  const { rows } = await ledger.listCalls({ limit: 100 });
  const records = await crm.count(services);
  print(
    table<CallRow>(
      [
        { title: 'SOURCE', value: (row) => row.call.source },
        { title: 'CALL', value: (row) => row.call.provider_call_id, cut: 'middle' },
        { title: 'EVENTS', value: (row) => String(row.events) },
        { title: 'STATUS', value: (row) => row.call.status },
        { title: 'SECONDS', value: (row) => seconds(row.call.duration_s) },
        { title: 'ANALYSIS', value: (row) => row.call.analysis_state },
        { title: 'CRM', value: (row) => syncState(row.runs) },
      ],
      rows.toReversed(),
    ),
  );
  const synced = rows.filter((row) => row.runs.length > 0);
  const isSound = crm.print(synced.length);
  const checks = [
    checkAnswers(sent),
    check(
      `${synced.length} calls of one customer → ${records.contact} ${crm.person}, ${records.call} calls, ${records.task} task in ${crm.title}`,
      records.contact === 1 && records.call === synced.length && records.task === 1,
    ),
    check(
      `${rows.length - synced.length} call has not ended yet, so nothing was written for it`,
      rows.length - synced.length === 1,
    ),
    check(
      'every run is done',
      rows.every((row) => row.runs.every((run) => run.state === 'done')),
    ),
  ];
  print();
  for (const { text, holds } of checks) print(`${holds ? '✓' : '✗'} ${text}`);
  return isSound && checks.every(({ holds }) => holds);
}

function seconds(duration: number | null): string {
  return duration === null ? '-' : String(Math.round(duration));
}

interface Check {
  readonly text: string;
  readonly holds: boolean;
}

function check(text: string, holds: boolean): Check {
  return { text, holds };
}

function checkAnswers(sent: readonly Sent[]): Check {
  const forged = sent.filter(({ delivery }) => delivery.forged === true);
  const honest = sent.filter(({ delivery }) => delivery.forged !== true);
  const accepted = honest.filter(({ status }) => status === 200);
  const refused = forged.filter(({ status }) => status === 401);
  const duplicates = accepted.filter(({ isDuplicate }) => isDuplicate).length;
  const text = `${accepted.length} webhooks accepted (${duplicates} of them repeated), ${refused.length} forged one refused with 401`;
  return check(text, accepted.length === honest.length && refused.length === forged.length);
}
