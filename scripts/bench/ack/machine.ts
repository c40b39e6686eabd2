import { statfsSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** What the figures were measured on: they mean nothing without it. */
export function machine(folder: string): Readonly<Record<string, string | number>> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    // https://man7.org/linux/man-pages/man2/statfs.2.html; 0x1021994 would be memory, where an fsync costs nothing.
    filesystemType: `0x${statfsSync(folder).type.toString(16)}`,
    measuredAt: new Date().toISOString(),
  };
}
