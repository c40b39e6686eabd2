import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { openDisk } from '../../../src/torture/stage/disk.ts';
import { readHost } from '../../../src/torture/stage/host.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Writes 8 kB each millisecond, whatever becomes of it. */
const WRITER = `
const { openSync, writeSync } = require('node:fs');
const file = openSync(process.argv[1], 'a');
setInterval(() => { try { writeSync(file, Buffer.alloc(8192)); } catch {} }, 1);
`;

/** It is not the processes that are limited here. */
function noPids(): readonly number[] {
  return [];
}

/* Torture broke off with "the disk cannot be filled" when a daemon that was catching up never stopped writing. */
test('a disk is filled while somebody writes to it all the time', async () => {
  const folder = createTempFolder('disk');
  const mount = join(folder.path, 'disk');
  const disk = await openDisk(readHost(), mount, false);
  // Where nothing can be mounted there is no such disk.
  if (disk === null) return folder.remove();
  const file = join(mount, 'file');
  const writer = spawn(process.execPath, ['-e', WRITER, file], { stdio: 'ignore' });
  try {
    await waitUntil(() => existsSync(file) && statSync(file).size > 100_000, { what: 'the writer' });
    for (let time = 0; time < 3; time += 1) {
      await disk.fill(noPids());
      await disk.free(noPids());
    }
    const { size } = statSync(file);
    await waitUntil(() => statSync(file).size > size, { what: 'room again' });
  } finally {
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    await disk.close(false);
    folder.remove();
  }
  expect(existsSync(folder.path)).toBe(false);
});
