import { readFileSync } from 'node:fs';

/** `/proc` counts CPU in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** CPU time a process has used so far, all its threads, ms (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
export function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
