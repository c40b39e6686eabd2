import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { runCli } from '../../support/run-cli.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

// The first command of a new user: what it writes has to work at once.

jest.setTimeout(60_000);

let folder: TempFolder;

beforeEach(() => {
  folder = createTempFolder('init');
});
afterEach(() => folder.remove());

test.each(['callab', 'callttone', 'callscaler', 'atoms'])(
  'init --platform %s writes what check calls right',
  async (platform) => {
    expect(await runCli(folder.path, ['init', '--platform', platform])).toMatchObject({ code: 0, stderr: '' });
    expect(await runCli(folder.path, ['check'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`(${platform})`),
    });
  },
);

test('the secret is unguessable, and nobody else may read it', async () => {
  await runCli(folder.path, ['init']);
  const env = join(folder.path, '.env');
  expect(readFileSync(env, 'utf8')).toMatch(/^CALLAB_SECRET=[0-9a-f]{48}\n$/);
  expect(statSync(env).mode & 0o777).toBe(0o600);
});

test('what is there already is left alone', async () => {
  writeFileSync(join(folder.path, '.env'), 'CALLAB_SECRET=mine\nOTHER=1');
  await runCli(folder.path, ['init']);
  expect(readFileSync(join(folder.path, '.env'), 'utf8')).toBe('CALLAB_SECRET=mine\nOTHER=1');
  expect(await runCli(folder.path, ['init', '--platform', 'atoms'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'config/hookline.yaml exists already and was left alone.\n',
  });
});

test('a secret that .env.example left empty is filled in, at its place', async () => {
  writeFileSync(join(folder.path, '.env'), '# secrets\nCALLAB_SECRET=\nCRM_TOKEN=\n');
  await runCli(folder.path, ['init']);
  expect(readFileSync(join(folder.path, '.env'), 'utf8')).toMatch(
    /^# secrets\nCALLAB_SECRET=[0-9a-f]{48}\nCRM_TOKEN=\n$/,
  );
  expect(await runCli(folder.path, ['check'])).toMatchObject({ code: 0 });
});

test('a platform it does not know', async () => {
  expect(await runCli(folder.path, ['init', '--platform', 'calab'])).toEqual({
    code: 2,
    stdout: '',
    stderr: '"calab" is not a platform init knows. One of: callab, callttone, callscaler, atoms.\n',
  });
});
