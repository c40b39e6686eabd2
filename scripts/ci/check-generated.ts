/** Regenerates what is generated and fails if a file changed by it: somebody edited the source and not the result. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const GENERATED = ['config/hookline.schema.json', 'docs/configuration.md'];

const before = GENERATED.map(read);
const generation = spawnSync('npm', ['run', '--silent', 'generate'], { stdio: 'inherit' });
const stale = GENERATED.filter((file, index) => read(file) !== before[index] || !existsSync(file));

if (generation.status !== 0) {
  console.error('`npm run generate` failed.');
  process.exitCode = 1;
} else if (stale.length > 0) {
  console.error(`Out of date, now regenerated; look at the difference and commit it:\n  ${stale.join('\n  ')}`);
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
