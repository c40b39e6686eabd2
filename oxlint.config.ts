import { defineConfig, type OxlintOverride as Override } from 'oxlint';

type Rules = NonNullable<Override['rules']>;
type Effect = 'Date' | 'fetch' | 'Math.random' | 'process.env';

/** The architecture: an import goes to a lower line of this list, or stays inside its own folder. */
const LAYERS = [
  ['main.js', 'daemon.ts', 'daemon', 'cli', 'torture'],
  ['receive', 'integrations', 'admin', 'config'],
  ['sync'],
  ['ledger', 'queue', 'destinations', 'observability'],
  ['platforms'],
  ['templates'],
  ['domain', 'shared'],
] as const;

type Part = (typeof LAYERS)[number][number];

/** Imports between neighbours of one line that are allowed all the same. */
const NEIGHBOURS: Partial<Record<Part, readonly Part[]>> = {
  'main.js': ['cli'],
  cli: ['daemon.ts', 'daemon', 'torture'],
  'daemon.ts': ['daemon'],
  // It gathers the schema fragments of whatever can be configured.
  config: ['receive', 'integrations', 'admin'],
  domain: ['shared'],
};

/** One library, one home. A library that is missing here is allowed everywhere. */
const HOMES: Record<string, readonly Part[]> = {
  express: ['receive', 'admin'],
  helmet: ['receive', 'admin'],
  'rate-limiter-flexible': ['receive', 'admin'],
  kysely: ['ledger'],
  'better-sqlite3': ['ledger'],
  bullmq: ['queue'],
  ioredis: ['queue'],
  pg: ['ledger'],
  axios: ['shared'],
  liquidjs: ['templates'],
  // Each part that can be configured owns the schema of its own section.
  zod: ['config', 'receive', 'integrations', 'sync', 'destinations', 'platforms', 'templates'],
  yaml: ['config', 'cli'],
  winston: ['observability'],
  'prom-client': ['observability'],
  commander: ['cli', 'main.js'],
  'cli-table3': ['cli', 'main.js'],
  'fastest-levenshtein': ['shared'],
  // A simulated CRM reads numbers by itself: what it says is compared with what we read.
  'libphonenumber-js': ['shared', 'torture'],
  jsforce: ['destinations'],
  luxon: ['shared'],
  'ipaddr.js': ['shared'],
};

/** Parts that compute and touch nothing: no files, no network, no processes. */
const PURE: readonly Part[] = ['domain', 'platforms', 'templates'];
const EFFECT_MODULES = [
  'fs',
  'http',
  'https',
  'http2',
  'net',
  'tls',
  'dgram',
  'dns',
  'child_process',
  'worker_threads',
];

/** Effects are wrapped once; their home is the one file that may use them directly. */
const EFFECT_HOMES: Record<string, Effect> = {
  'src/shared/clock.ts': 'Date',
  'src/shared/http-client.ts': 'fetch',
  'src/shared/ids.ts': 'Math.random',
  'src/config/environment.ts': 'process.env',
};

const EFFECT_MESSAGES: Record<Effect, string> = {
  Date: 'Take a Clock (src/shared/clock.ts): tests have to be able to set the time.',
  fetch: 'Take an HttpClient (src/shared/http-client.ts): it guards private addresses and records the exchange.',
  'Math.random': 'Take Ids (src/shared/ids.ts) or a random function as an argument.',
  'process.env': 'Only src/config/environment.ts reads the environment; take the value as an argument.',
};

const PARTS: readonly Part[] = LAYERS.flat();

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/explicit-module-boundary-types': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/only-throw-error': 'error',
    // Noise at the borders where Express, JSON and SQL hand over untyped values.
    'typescript/no-unsafe-type-assertion': 'off',
    // tsc's noImplicitReturns says the same and knows when a switch is exhaustive; this rule does not.
    'typescript/consistent-return': 'off',
    // Our own code has no default exports, so this only meets libraries that offer both.
    'import/no-named-as-default-member': 'off',
    // Small arrow functions may stand where they are used.
    'unicorn/consistent-function-scoping': ['error', { checkArrowFunctions: false }],
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    complexity: ['error', 10],
    'max-lines': ['error', { max: 250 }],
    'max-lines-per-function': ['error', { max: 40 }],
    'max-params': ['error', { max: 4 }],
  },
  overrides: [
    { files: ['src/**'], rules: { 'no-console': 'error', ...effectRulesExcept() } },
    ...Object.entries(EFFECT_HOMES).map(([file, effect]) => ({ files: [file], rules: effectRulesExcept(effect) })),
    { files: ['src/cli/**'], rules: { 'no-console': 'off' } },
    ...PARTS.map((part) => layerOverride(part)),
    {
      files: ['test/**'],
      rules: { 'max-lines-per-function': 'off', 'max-lines': ['error', { max: 600 }] },
    },
    // Both tools read the default export.
    { files: ['oxlint.config.ts', 'jest.config.js'], rules: { 'import/no-default-export': 'off' } },
    { files: ['scripts/ci/plain-result-reporter.js'], rules: { 'import/no-default-export': 'off' } },
  ],
});

function layerOverride(part: Part): Override {
  const patterns = [
    {
      regex: startsWith('(?:\\.{1,2}/)+', forbiddenParts(part)),
      message: `${part} is not above it: see LAYERS in oxlint.config.ts.`,
    },
    {
      regex: startsWith('', forbiddenLibraries(part)),
      message: 'One library, one home: see HOMES in oxlint.config.ts.',
    },
    ...(PURE.includes(part) ? [{ regex: startsWith('(?:node:)?', EFFECT_MODULES), message: `${part} is pure.` }] : []),
  ];
  const paths = [{ name: 'node:process', importNames: ['env'], message: EFFECT_MESSAGES['process.env'] }];
  return {
    files: [/\.[jt]s$/.test(part) ? `src/${part}` : `src/${part}/**`],
    rules: { 'no-restricted-imports': ['error', { paths, patterns }] },
  };
}

function forbiddenParts(part: Part): Part[] {
  const line = LAYERS.findIndex((names) => names.some((name) => name === part));
  const lower = LAYERS.slice(line + 1).flat();
  const allowed: readonly Part[] = [part, ...lower, ...(NEIGHBOURS[part] ?? [])];
  return PARTS.filter((other) => !allowed.includes(other));
}

function forbiddenLibraries(part: Part): string[] {
  return Object.keys(HOMES).filter((library) => !HOMES[library]?.includes(part));
}

/** A regular expression for import paths that begin with one of the names, taken whole. */
function startsWith(prefix: string, names: readonly string[]): string {
  return `^${prefix}(?:${names.map((name) => name.replaceAll('.', '\\.')).join('|')})(?:/|$)`;
}

function effectRulesExcept(home?: Effect): Rules {
  const globals = (['Date', 'fetch'] as const).filter((name) => name !== home);
  const properties = [
    { object: 'process', property: 'env', message: EFFECT_MESSAGES['process.env'] },
    { object: 'Math', property: 'random', message: EFFECT_MESSAGES['Math.random'] },
  ].filter(({ object, property }) => `${object}.${property}` !== home);
  return {
    'no-restricted-globals': ['error', ...globals.map((name) => ({ name, message: EFFECT_MESSAGES[name] }))],
    'no-restricted-properties': ['error', ...properties],
  };
}
