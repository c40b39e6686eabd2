import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Makes files belong to the user that works with them; nothing to do where we work ourselves. */
export async function giveTo(user: string | undefined, ...files: readonly string[]): Promise<void> {
  if (user !== undefined) await promisify(execFile)('chown', [user, ...files]);
}
