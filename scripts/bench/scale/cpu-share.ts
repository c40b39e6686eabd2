import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where cgroup v1 and v2 keep their groups, and how each says "so many microseconds of CPU in every 100 ms". */
const KINDS = [
  {
    root: '/sys/fs/cgroup/cpu',
    limit: (folder: string, us: number) => {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), '100000');
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(us));
    },
  },
  {
    root: '/sys/fs/cgroup',
    limit: (folder: string, us: number) => writeFileSync(join(folder, 'cpu.max'), `${us} 100000`),
  },
];

/** A limit on the CPU of one process, as a container has it. */
export interface CpuShare {
  remove(): void;
}

/** Lets a process use at most `share` of one core from now on. Needs root; throws where no cgroup can be made. */
export function limitCpu(pid: number, share: number): CpuShare {
  const failures: unknown[] = [];
  for (const { root, limit } of KINDS) {
    const folder = join(root, `hookline-bench-${pid}`);
    try {
      mkdirSync(folder);
      limit(folder, Math.round(share * 100_000));
      writeFileSync(join(folder, 'cgroup.procs'), String(pid));
      return { remove: () => rmdirSync(folder) };
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, 'No cgroup can be made to limit the CPU of a worker; run the bench as root.');
}
