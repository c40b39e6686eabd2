import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { openPrivateFolder } from '../../../src/shared/private-folder.js';

let parent = '';

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'hookline-folder-'));
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

test('is made for us alone, and found again', () => {
  const folder = openPrivateFolder('cache', parent) ?? '';
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(openPrivateFolder('cache', parent)).toBe(folder);
});

test('one that others can write to, a link and a file are not used', () => {
  const folder = openPrivateFolder('cache', parent) ?? '';
  chmodSync(folder, 0o777);
  expect(openPrivateFolder('cache', parent)).toBeNull();
  rmSync(folder, { recursive: true });
  const elsewhere = path.join(parent, 'elsewhere');
  mkdirSync(elsewhere, { mode: 0o700 });
  symlinkSync(elsewhere, folder);
  expect(openPrivateFolder('cache', parent)).toBeNull();
  rmSync(folder);
  writeFileSync(folder, '');
  expect(openPrivateFolder('cache', parent)).toBeNull();
  expect(openPrivateFolder('cache', path.join(folder, 'below-a-file'))).toBeNull();
});
