import type { CheckFinding } from '../../destination.ts';
import { textOf } from '../answer.ts';
import type { Org } from '../org.ts';
import { listed, placeOf, type Checked } from './look.ts';
import { tryMapping } from './try-mapping.ts';

/** What becomes of a call's Task besides its values: is it closed, and on which day? */
export function checkTasks(checked: Checked, org: Org): readonly CheckFinding[] {
  if ((org.objects.Task ?? null) === null) return [];
  const calls = checked.mappings.filter(({ kind }) => kind === 'call');
  return [...(calls.length === 0 ? [] : checkStatus(checked, org)), zoneFinding(checked, org)];
}

function checkStatus({ parts, mappings }: Checked, org: Org): readonly CheckFinding[] {
  const { closedStatuses: closed } = org;
  const mapped = mappings.filter(({ kind, field }) => kind === 'call' && field === 'Status');
  if (closed.length === 0) {
    const message =
      'The user may not read which statuses of Tasks are closed (TaskStatus), so statuses are written as they are mapped.';
    return [{ level: 'warning', message }];
  }
  if (mapped.length === 0) {
    return [
      {
        level: 'warning',
        message: `No integration writes the Status of calls, so their Tasks stay open. ${closedWords(closed)}`,
      },
    ];
  }
  const written = mapped.flatMap((mapping) =>
    tryMapping(mapping, parts, org).flatMap(({ values }) => {
      const status = textOf(values['Status']);
      return status === null ? [] : [{ mapping, status }];
    }),
  );
  const open = written.filter(({ status }) => !closed.includes(status));
  const done = [...new Set(written.map(({ status }) => status).filter((status) => closed.includes(status)))];
  const warnings = open.map(({ mapping, status }) => {
    const message = `${placeOf(mapping)}: a Task with the Status "${status}" is open, and stays in somebody's list. ${closedWords(closed)}`;
    return { level: 'warning' as const, message };
  });
  return [...(done.length === 0 ? [] : [closes(done)]), ...new Map(warnings.map((one) => [one.message, one])).values()];
}

function closes(statuses: readonly string[]): CheckFinding {
  return {
    level: 'ok',
    message: `Calls become closed Tasks: Status ${listed(statuses.map((status) => `"${status}"`))}.`,
  };
}

function closedWords(statuses: readonly string[]): string {
  return `Closed here: ${statuses.join(', ')}.`;
}

function zoneFinding({ parts, config }: Checked, org: Org): CheckFinding {
  const zone = parts.zoneOf(org);
  const about = `Times become days (ActivityDate) in the time zone ${zone}`;
  if (config.time_zone !== undefined) return { level: 'ok', message: `${about}, by time_zone.` };
  if (org.timeZone !== null) return { level: 'ok', message: `${about}, as in the org.` };
  const message = `${about}: that of the org could not be read. Set time_zone at destinations.${parts.destination}.`;
  return { level: 'warning', message };
}
