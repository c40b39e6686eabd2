// @ts-check
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A folder below the temp folder that is ours alone, made when absent; null when it cannot be had. Everybody may write
 * to the temp folder, so a folder of that name may be somebody else's trap.
 *
 * @param {string} name
 * @returns {string | null}
 */
export function openPrivateFolder(name, parent = tmpdir()) {
  const folder = path.join(parent, `${name}-${process.getuid?.() ?? 'user'}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOurs(folder) ? folder : null;
  } catch {
    return null;
  }
}

/** @param {string} folder */
function isOurs(folder) {
  const found = lstatSync(folder);
  const isPrivate = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
  return found.isDirectory() && isPrivate;
}
