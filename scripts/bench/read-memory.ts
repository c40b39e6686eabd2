import { readFileSync } from 'node:fs';

/** Resident memory of a process, MiB. */
export interface Memory {
  readonly rssMb: number;
  /** The highest it ever was. */
  readonly peakRssMb: number;
}

/** Reads a process's memory from `/proc` (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html). */
export function readMemory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { rssMb: megabytes('VmRSS'), peakRssMb: megabytes('VmHWM') };
}
