import { existsSync } from 'node:fs';

import { z } from 'zod';

/** The only reader of `process.env`. Everything else receives what it needs. */
export interface Environment {
  readonly configFile: string;
  readonly host: string;
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
  readonly dataDir: string;
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
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').default('json'),
});

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
  return { kind: 'ok', environment: toEnvironment(parsed.data, source) };
}

function toEnvironment(values: z.infer<typeof variables>, source: NodeJS.ProcessEnv): Environment {
  return {
    configFile: values.HOOKLINE_CONFIG,
    host: values.HOST,
    port: values.PORT,
    adminHost: values.ADMIN_HOST,
    adminPort: values.ADMIN_PORT,
    dataDir: values.DATA_DIR,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT,
    variable: (name) => source[name],
  };
}
