import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type DataDirectoryCheck =
  { readonly kind: 'ok'; readonly directory: string } | { readonly kind: 'unusable'; readonly message: string };

/**
 * Makes the data directory if need be and proves that this process can write there. Volumes with the wrong owner are
 * the most reported start-up failure of self-hosted daemons, so the message is the exact command that helps.
 */
export function checkDataDirectory(dataDir: string): DataDirectoryCheck {
  const directory = path.resolve(dataDir);
  const probe = path.join(directory, `.hookline-write-test-${process.pid}`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(probe, '');
    rmSync(probe);
    return { kind: 'ok', directory };
  } catch (error) {
    return { kind: 'unusable', message: explain(directory, (error as NodeJS.ErrnoException).code ?? String(error)) };
  }
}

function explain(directory: string, code: string): string {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const lines = [`DATA_DIR ${directory} cannot be written by uid ${uid} (${code}).`];
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return [...lines, 'The disk is full: make room, then start again.'].join('\n');
  if (code === 'EROFS')
    return [...lines, 'It is on a read-only file system: mount a volume there, or set DATA_DIR.'].join('\n');
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return [...lines, 'There is a file in its place: set DATA_DIR to a folder.'].join('\n');
  return [
    ...lines,
    'Run this on the host, then start again:',
    `  sudo mkdir -p ${directory} && sudo chown -R ${uid}:${gid} ${directory}`,
    'In Docker, name the host folder that is mounted there, or run as its owner:',
    '  docker run --user "$(id -u):$(id -g)" …   (docker-compose.yml: user: "1000:1000")',
  ].join('\n');
}

/** The ledger's file in the data directory. */
export function ledgerFile(dataDir: string): string {
  return path.resolve(dataDir, 'hookline.db');
}
