import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect } from '@jest/globals';

import type { CliResult } from './run-cli.ts';
import { createTempFolder } from './temp-folder.ts';

/** A folder of its own for each config, as an operator has one; they go after the tests of the file. */
export function createConfigFolders(name: string): (config: string) => string {
  const root = createTempFolder(name);
  let folders = 0;
  afterAll(() => root.remove());
  return (config) => {
    folders += 1;
    const folder = join(root.path, String(folders));
    mkdirSync(join(folder, 'config'), { recursive: true });
    writeFileSync(join(folder, 'config/hookline.yaml'), config);
    return folder;
  };
}

export function expectToFit({ stdout, stderr }: CliResult): void {
  const wide = `${stdout}${stderr}`.split('\n').filter((line) => line.length > 80);
  // A path or an address is not broken.
  expect(wide.filter((line) => line.trim().includes(' '))).toEqual([]);
}
