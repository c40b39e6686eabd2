import { existsSync, readFileSync } from 'node:fs';

import { z } from 'zod';

import { parseMode, type Mode } from './mode.ts';

/** The only reader of `process.env`. Everything else receives what it needs. */
export interface Environment {
  readonly configFile: string;
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
  /** Of the embedded mode; the others keep nothing there. */
  readonly dataDir: string;
  readonly mode: Mode;
  /** At a stop, how long a receiver goes on answering while load balancers find out that it is not ready. */
  readonly drainSeconds: number;
  /** Credentials for `hookline setup` alone; null: the destination's own. */
  readonly setupToken: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'pretty';
  /** A variable by name, for `${NAME}` in the YAML; undefined when it is not set. */
  readonly variable: (name: string) => string | undefined;
}

const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'must be a whole number from 0 to 65535')
  .transform(Number);

const variables = z.object({
  HOOKLINE_CONFIG: z.string().min(1).default('config/hookline.yaml'),
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: port.prefault('8080'),
  ADMIN_HOST: z.string().min(1).default('127.0.0.1'),
  ADMIN_PORT: port.prefault('8081'),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z.string().optional(),
  DATABASE_URL_FILE: z.string().optional(),
  REDIS_URL: z.string().optional(),
  REDIS_URL_FILE: z.string().optional(),
  HOOKLINE_REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,50}$/, 'must be up to 50 letters, digits, ".", "_" or "-"')
    .default('hookline'),
  DRAIN_SECONDS: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number of seconds, 0 to 999')
    .transform(Number)
    .optional(),
  /** Read by `hookline setup` alone. */
  SETUP_TOKEN: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').default('json'),
});

/** Every variable that means something to Hookline, beside those that the config names. */
export const ENVIRONMENT_NAMES: readonly string[] = Object.keys(variables.shape);

/** Nobody balances between processes that share a file; elsewhere, longer than two checks of a balancer, one a second or two. */
const DRAIN_SECONDS = { embedded: 0, postgres: 5, scaled_out: 5 };

export type EnvironmentResult =
  | { readonly kind: 'ok'; readonly environment: Environment }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Reads and checks the environment, with `.env` of the working directory behind it; an empty variable counts as not set. */
export function readEnvironment(): EnvironmentResult {
  // What is set already wins over the file.
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseEnvironment(process.env);
}

/** `readEnvironment` for variables at hand. */
export function parseEnvironment(source: NodeJS.ProcessEnv): EnvironmentResult {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `environment variable ${name}=${JSON.stringify(source[name])}: ${issue.message}`;
    });
    return { kind: 'invalid', problems };
  }
  const { PORT, ADMIN_PORT } = parsed.data;
  if (PORT === ADMIN_PORT && PORT !== 0) {
    const problem = `PORT and ADMIN_PORT are both ${PORT}. Set one of them to another port.`;
    return { kind: 'invalid', problems: [problem] };
  }
  const mode = readMode(parsed.data);
  if (mode.kind === 'invalid') return mode;
  return { kind: 'ok', environment: toEnvironment(parsed.data, mode.mode, source) };
}

type Values = z.infer<typeof variables>;

function readMode(values: Values): ReturnType<typeof parseMode> {
  const database = readUrl(values, 'DATABASE_URL');
  const redis = readUrl(values, 'REDIS_URL');
  const problems = [database, redis].flatMap((url) => (url.kind === 'invalid' ? [url.problem] : []));
  if (database.kind === 'invalid' || redis.kind === 'invalid') return { kind: 'invalid', problems };
  return parseMode({
    dataDir: values.DATA_DIR,
    databaseUrl: database.url,
    redisUrl: redis.url,
    redisPrefix: values.HOOKLINE_REDIS_PREFIX,
  });
}

type UrlRead =
  { readonly kind: 'ok'; readonly url: string | undefined } | { readonly kind: 'invalid'; readonly problem: string };

/** `<name>`, or `<name>_FILE` with the path of a file that holds it, as Docker and Kubernetes mount secrets. */
function readUrl(values: Values, name: 'DATABASE_URL' | 'REDIS_URL'): UrlRead {
  const file = values[`${name}_FILE`];
  if (file === undefined) return { kind: 'ok', url: values[name] };
  if (values[name] !== undefined) {
    return { kind: 'invalid', problem: `${name} and ${name}_FILE are both set. Remove one of them.` };
  }
  try {
    return { kind: 'ok', url: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: 'invalid', problem: `environment variable ${name}_FILE: ${file} cannot be read (${code}).` };
  }
}

function toEnvironment(values: Values, mode: Mode, source: NodeJS.ProcessEnv): Environment {
  return {
    configFile: values.HOOKLINE_CONFIG,
    host: values.HOST,
    port: values.PORT,
    adminHost: values.ADMIN_HOST,
    adminPort: values.ADMIN_PORT,
    dataDir: values.DATA_DIR,
    mode,
    drainSeconds: values.DRAIN_SECONDS ?? DRAIN_SECONDS[mode.kind],
    setupToken: values.SETUP_TOKEN ?? null,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    variable: (name) => source[name],
  };
}
