import { execFile, spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

import type { Host } from './host.ts';

const run = promisify(execFile);

/** A disk that can be full whenever we want. */
export interface Disk {
  /** From now on nothing more fits. `pids`: the processes that write there. */
  fill(pids: readonly number[]): Promise<void>;
  /** There is room again. */
  free(pids: readonly number[]): Promise<void>;
  /** Takes it away; with `keep`, what it holds stays in the folder. */
  close(keep: boolean): Promise<void>;
}

/** Whichever way this machine allows; null when there is none. `bySize`: limit the size of files if nothing else helps. */
export async function openDisk(host: Host, folder: string, bySize: boolean): Promise<Disk | null> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (host.mayMount) {
    const mounted = await mountDisk(folder);
    if (mounted !== null) return mounted;
  }
  return bySize && host.prlimit !== null ? limitFileSize(host.prlimit) : null;
}

const FULL_ATTEMPTS = 20;
/** Left free for each attempt in vain: whoever writes all the time has it used up in a moment. */
const SLACK_BYTES = 16 * 1024;

/** A file system in memory: full is one that has become as small as what it holds. */
async function mountDisk(folder: string): Promise<Disk | null> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=50%,mode=0755', 'hookline-torture', folder]);
  } catch {
    // Containers forbid it, even to root.
    return null;
  }
  const guard = guardMount(folder);
  const resize = (size: string) => run('mount', ['-o', `remount,size=${size}`, folder]);
  return {
    async fill() {
      for (let attempt = 0; ; attempt += 1) {
        const { blocks, bfree, bsize } = statfsSync(folder);
        try {
          // 0 would mean without any limit.
          return void (await resize(String(Math.max(1, blocks - bfree) * bsize + attempt * SLACK_BYTES)));
        } catch (error) {
          // It grew meanwhile.
          if (attempt === FULL_ATTEMPTS) throw new Error('the disk cannot be filled', { cause: error });
        }
      }
    },
    free: async () => void (await resize('50%')),
    async close(keep) {
      if (keep) await cp(folder, `${folder}-kept`, { recursive: true, preserveTimestamps: true });
      guard();
      await run('umount', ['-l', folder]).catch(() => undefined);
    },
  };
}

/** A mount outlives us; so whoever kills us has it taken away. */
function guardMount(folder: string): () => void {
  const guard = spawn('sh', ['-c', 'cat >/dev/null; umount -l "$1" 2>/dev/null', 'guard', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  // The pipe is a socket at run time; it must not keep us alive.
  (guard.stdin as unknown as { unref(): void }).unref();
  return () => guard.stdin.end();
}

/** Enough for a lock file, too little for a ledger. */
const SMALL_FILE_BYTES = 4096;

/** Without a disk of our own: no file may grow. Node ignores SIGXFSZ, so a write fails with EFBIG. */
function limitFileSize(prlimit: string): Disk {
  const limit = async (pids: readonly number[], size: string): Promise<void> => {
    // A process that is gone has no limits to set.
    for (const pid of pids) await run(prlimit, ['--pid', String(pid), `--fsize=${size}:`]).catch(() => undefined);
  };
  return {
    fill: (pids) => limit(pids, String(SMALL_FILE_BYTES)),
    free: (pids) => limit(pids, 'unlimited'),
    close: () => Promise.resolve(),
  };
}
