import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');

/** What each part must not import: the design's order, written out here on purpose instead of read from the config. */
const FORBIDDEN_IMPORTS: Record<string, readonly string[]> = {
  'main.js': ['daemon.ts', 'daemon/a.ts', 'torture/a.ts'],
  'daemon.ts': ['main.js', 'cli/a.ts'],
  'cli/x.ts': ['main.js'],
  // It meets the daemon as its users do: as a process.
  'torture/x.ts': ['main.js', 'daemon.ts', 'daemon/a.ts', 'cli/a.ts'],
  'receive/x.ts': ['main.js', 'daemon.ts', 'cli/a.ts', 'integrations/a.ts', 'admin/a.ts', 'config/a.ts'],
  'integrations/actions/x.ts': ['daemon.ts', 'cli/a.ts', 'receive/a.ts', 'admin/a.ts', 'config/a.ts'],
  'admin/x.ts': ['daemon.ts', 'cli/a.ts', 'receive/a.ts', 'integrations/a.ts', 'config/a.ts'],
  'config/x.ts': ['main.js', 'daemon.ts', 'cli/a.ts'],
  'sync/x.ts': ['daemon.ts', 'cli/a.ts', 'receive/a.ts', 'integrations/a.ts', 'admin/a.ts', 'config/a.ts'],
  'ledger/x.ts': ['config/a.ts', 'sync/a.ts', 'queue/a.ts', 'destinations/a.ts', 'observability/a.ts'],
  'queue/x.ts': ['integrations/a.ts', 'sync/a.ts', 'ledger/a.ts', 'destinations/a.ts', 'observability/a.ts'],
  'destinations/rest/x.ts': ['config/a.ts', 'sync/a.ts', 'ledger/a.ts', 'queue/a.ts', 'observability/a.ts'],
  'observability/x.ts': ['daemon.ts', 'sync/a.ts', 'ledger/a.ts', 'queue/a.ts', 'destinations/a.ts'],
  'platforms/callab/x.ts': ['config/a.ts', 'receive/a.ts', 'sync/a.ts', 'ledger/a.ts', 'destinations/a.ts'],
  'templates/x.ts': ['config/a.ts', 'integrations/a.ts', 'sync/a.ts', 'ledger/a.ts', 'platforms/a.ts'],
  'domain/x.ts': ['cli/a.ts', 'config/a.ts', 'sync/a.ts', 'ledger/a.ts', 'platforms/a.ts', 'templates/a.ts'],
  'shared/x.ts': ['cli/a.ts', 'config/a.ts', 'sync/a.ts', 'ledger/a.ts', 'templates/a.ts', 'domain/a.ts'],
};

const ALLOWED_IMPORTS: Record<string, readonly string[]> = {
  'daemon/ok.ts': ['config/a.ts', 'receive/a.ts', 'ledger/a.ts'],
  'torture/ok.ts': ['ledger/a.ts', 'domain/a.ts', 'shared/a.ts'],
  'cli/ok.ts': ['daemon.ts', 'torture/a.ts', 'admin/a.ts', 'config/a.ts', 'ledger/a.ts', 'domain/a.ts'],
  'receive/ok.ts': ['sync/a.ts', 'ledger/a.ts', 'queue/a.ts', 'platforms/a.ts', 'domain/a.ts', 'shared/a.ts'],
  'integrations/actions/ok.ts': ['integrations/a.ts', 'sync/a.ts', 'ledger/a.ts', 'templates/a.ts', 'domain/a.ts'],
  'config/ok.ts': [
    'receive/a.ts',
    'integrations/a.ts',
    'admin/a.ts',
    'sync/a.ts',
    'destinations/a.ts',
    'platforms/a.ts',
  ],
  'sync/ok.ts': ['ledger/a.ts', 'destinations/a.ts', 'templates/a.ts', 'domain/a.ts', 'shared/a.ts'],
  'ledger/ok.ts': ['platforms/a.ts', 'domain/a.ts', 'shared/a.ts'],
  'platforms/callab/ok.ts': ['platforms/a.ts', 'templates/a.ts', 'domain/a.ts', 'shared/a.ts'],
  'templates/ok.ts': ['domain/a.ts', 'shared/a.ts'],
  'domain/ok.ts': ['domain/a.ts', 'shared/a.ts'],
};

/** A library, its home, and a part that is not its home. */
const LIBRARIES = [
  ['express', 'receive', 'integrations'],
  ['helmet', 'admin', 'cli'],
  ['rate-limiter-flexible', 'receive', 'sync'],
  ['kysely', 'ledger', 'admin'],
  ['better-sqlite3', 'ledger', 'destinations'],
  ['bullmq', 'queue', 'ledger'],
  ['ioredis', 'queue', 'receive'],
  ['axios', 'shared', 'destinations'],
  ['axios/unsafe/core/buildFullPath.js', 'shared', 'destinations'],
  ['liquidjs', 'templates', 'integrations'],
  ['zod', 'platforms', 'domain'],
  ['zod', 'config', 'ledger'],
  ['yaml', 'config', 'platforms'],
  ['winston', 'observability', 'receive'],
  ['prom-client', 'observability', 'queue'],
  ['commander', 'cli', 'admin'],
  ['cli-table3', 'cli', 'observability'],
  ['fastest-levenshtein', 'shared', 'templates'],
  ['libphonenumber-js', 'shared', 'domain'],
  ['luxon', 'shared', 'platforms'],
  ['ipaddr.js', 'shared', 'receive'],
] as const;

const EFFECTS = [
  ['Date', 'new Date()', 'no-restricted-globals', 'shared/clock.ts'],
  ['fetch', "fetch('http://localhost')", 'no-restricted-globals', 'shared/http-client.ts'],
  ['Math.random', 'Math.random()', 'no-restricted-properties', 'shared/ids.ts'],
  ['process.env', "process.env['HOME']", 'no-restricted-properties', 'config/environment.ts'],
] as const;

interface Finding {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

const files = new Map<string, string>();
let folder: string;
let findings: readonly Finding[];

// One folder of baits and one run of oxlint for everything: a run per bait would take a minute.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-lint-rules-'));
  for (const [file, text] of baits()) files.set(file, text);
  await writeBaits();
  findings = await lint();
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('imports go downwards only', () => {
  test.each(Object.entries(FORBIDDEN_IMPORTS))('%s may not import %j', (file, targets) => {
    const bait = `src/${file}`;
    expect(linesOf(bait, 'no-restricted-imports')).toEqual(targets.map((_, index) => index + 1));
  });

  test.each(Object.entries(ALLOWED_IMPORTS))('%s may import %j', (file) => {
    expect(linesOf(`src/${file}`, 'no-restricted-imports')).toEqual([]);
  });

  test('a type-only import is an import', () => {
    expect(linesOf('src/domain/type-only.ts', 'no-restricted-imports')).toEqual([1]);
  });
});

describe('one library, one home', () => {
  test.each(LIBRARIES)('%s belongs to %s and not to %s', (library, home, elsewhere) => {
    expect(linesOf(libraryBait(library, home), 'no-restricted-imports')).toEqual([]);
    expect(linesOf(libraryBait(library, elsewhere), 'no-restricted-imports')).toEqual([1]);
  });

  test.each(['domain', 'platforms', 'templates'])('%s touches neither files nor network', (part) => {
    expect(linesOf(`src/${part}/effects.ts`, 'no-restricted-imports')).toEqual([1, 2, 3, 4]);
  });
});

describe('effects are wrapped once', () => {
  test.each(EFFECTS)('%s is used only where it is wrapped', (name, _code, rule, home) => {
    expect(linesOf(effectBait(name), rule)).toEqual([1]);
    expect(linesOf(`src/${home}`, rule)).toEqual([]);
    expect(linesOf(`test/unit/${name}.ts`, rule)).toEqual([]);
    expect(linesOf(`scripts/${name}.ts`, rule)).toEqual([]);
  });

  test('the environment does not come in by another door', () => {
    expect(linesOf('src/cli/environment.ts', 'no-restricted-imports')).toEqual([1]);
    expect(linesOf('src/cli/environment.ts', 'no-restricted-properties')).toEqual([2]);
  });

  test('only commands and scripts print to the console', () => {
    expect(linesOf('src/sync/console.ts', 'no-console')).toEqual([1]);
    expect(linesOf('src/cli/console.ts', 'no-console')).toEqual([]);
    expect(linesOf('scripts/console.ts', 'no-console')).toEqual([]);
  });
});

describe('mistakes that a queue must not make', () => {
  test.each([
    'no-floating-promises',
    'no-misused-promises',
    'switch-exhaustiveness-check',
    'no-explicit-any',
    'only-throw-error',
    'consistent-type-imports',
    'explicit-module-boundary-types',
    'no-default-export',
    'no-cycle',
    'max-params',
    'complexity',
    'max-lines-per-function',
    'max-lines',
  ])('%s is reported', (rule) => {
    expect(linesOf(`src/sync/${rule}.ts`, rule)).not.toEqual([]);
  });

  test('tests may be longer, up to 600 lines', () => {
    expect(linesOf('test/unit/long.ts', 'max-lines')).toEqual([]);
    expect(linesOf('test/unit/long.ts', 'max-lines-per-function')).toEqual([]);
    expect(linesOf('test/unit/too-long.ts', 'max-lines')).not.toEqual([]);
  });
});

function linesOf(file: string, rule: string): number[] {
  if (!files.has(file)) throw new Error(`No bait was laid at ${file}`);
  return findings
    .filter((finding) => finding.filename === file && finding.code.endsWith(`(${rule})`))
    .map((finding) => finding.labels[0]?.span.line ?? 0)
    .toSorted((a, b) => a - b);
}

function baits(): [string, string][] {
  return [...importBaits(), ...libraryBaits(), ...effectBaits(), ...ruleBaits()];
}

function importBaits(): [string, string][] {
  const importers = Object.entries({ ...FORBIDDEN_IMPORTS, ...ALLOWED_IMPORTS });
  return [
    ...importers.map(([file, targets]): [string, string] => [
      `src/${file}`,
      targets.map((target) => `import '${'../'.repeat(file.split('/').length - 1) || './'}${target}';`).join('\n'),
    ]),
    ['src/domain/type-only.ts', "import type { A } from '../ledger/a.ts';\nexport type B = A;"],
  ];
}

function libraryBait(library: string, part: string): string {
  return `src/${part}/uses-${library.replaceAll('/', '-')}.ts`;
}

function libraryBaits(): [string, string][] {
  const effects = ['node:fs', 'node:fs/promises', 'node:http', 'net'].map((name) => `import '${name}';`).join('\n');
  return [
    ...LIBRARIES.flatMap(([library, ...parts]) =>
      parts.map((part): [string, string] => [libraryBait(library, part), `import '${library}';`]),
    ),
    ...['domain', 'platforms', 'templates'].map((part): [string, string] => [`src/${part}/effects.ts`, effects]),
  ];
}

function effectBait(name: string): string {
  return `src/sync/${name}.ts`;
}

function effectBaits(): [string, string][] {
  return [
    ...EFFECTS.flatMap(([name, code, , home]) =>
      [effectBait(name), `src/${home}`, `test/unit/${name}.ts`, `scripts/${name}.ts`].map((file): [string, string] => [
        file,
        `export const value = ${code};`,
      ]),
    ),
    [
      'src/cli/environment.ts',
      "import { env } from 'node:process';\nexport const { env: other } = process;\nvoid env;",
    ],
    ...['src/sync/console.ts', 'src/cli/console.ts', 'scripts/console.ts'].map((file): [string, string] => [
      file,
      "console.log('x');",
    ]),
  ];
}

function ruleBaits(): [string, string][] {
  const statements = (count: number): string => '  n += 1;\n'.repeat(count);
  const longFunction = `export function long(n: number): number {\n${statements(40)}  return n;\n}\n`;
  const branches = Array.from({ length: 10 }, (_, index) => `  if (n === ${index}) return ${index};\n`).join('');
  const kinds = "'a' | 'b'";
  const inSync: Record<string, string> = {
    'no-floating-promises': "import { readFile } from 'node:fs/promises';\nreadFile('x');",
    'no-misused-promises': "import { rm } from 'node:fs/promises';\n['x'].forEach(async (file) => await rm(file));",
    'switch-exhaustiveness-check': `export function f(k: ${kinds}): void {\n  switch (k) {\n    case 'a':\n      break;\n  }\n}`,
    'no-explicit-any': 'export const value: any = 1;',
    'only-throw-error': "throw 'text';",
    'consistent-type-imports': "import { Stats } from 'node:fs';\nexport type S = Stats;",
    'explicit-module-boundary-types': 'export function f(n: number) {\n  return n;\n}',
    'no-default-export': 'export default 1;',
    'no-cycle': "import { b } from './cycle.ts';\nexport const a = b;",
    cycle: "import { a } from './no-cycle.ts';\nexport const b = a;",
    'max-params': 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;',
    complexity: `export function f(n: number): number {\n${branches}  return n;\n}`,
    'max-lines-per-function': longFunction,
    'max-lines': 'export {};\n'.repeat(251),
  };
  return [
    ...Object.entries(inSync).map(([name, text]): [string, string] => [`src/sync/${name}.ts`, text]),
    ['test/unit/long.ts', longFunction + 'export {};\n'.repeat(500)],
    ['test/unit/too-long.ts', 'export {};\n'.repeat(601)],
  ];
}

async function writeBaits(): Promise<void> {
  const targets = Object.values({ ...FORBIDDEN_IMPORTS, ...ALLOWED_IMPORTS }).flat();
  for (const target of targets) {
    if (!files.has(`src/${target}`)) files.set(`src/${target}`, 'export type A = 1;\nexport {};');
  }
  for (const file of ['oxlint.config.ts', 'tsconfig.json', 'package.json'])
    await cp(join(ROOT, file), join(folder, file));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, '.gitignore'), 'node_modules\n');
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

async function lint(): Promise<readonly Finding[]> {
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const output = await new Promise<string>((resolve, reject) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [oxlint, '--format=json', 'src', 'test', 'scripts'], options, (error, stdout) => {
      // Findings make it exit 1; anything else is a broken run.
      if (error !== null && error.code !== 1) reject(new Error(`oxlint failed: ${stdout}`, { cause: error }));
      else resolve(stdout);
    });
  });
  return (JSON.parse(output) as { diagnostics: readonly Finding[] }).diagnostics;
}
