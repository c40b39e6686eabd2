import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempFolder {
  readonly path: string;
  exists(): boolean;
  remove(): void;
}

/** A new empty folder of its own. */
export function createTempFolder(name: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `hookline-${name}-`));
  return { path, exists: () => existsSync(path), remove: () => rmSync(path, { recursive: true, force: true }) };
}
