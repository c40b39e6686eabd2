import { parseRedisUrl, type RedisTarget } from '../queue/redis/redis-url.ts';

/** Where the ledger and the doorbell are (design.md section 3): chosen by DATABASE_URL and REDIS_URL alone. */
export type Mode =
  | { readonly kind: 'embedded'; readonly dataDir: string }
  | { readonly kind: 'postgres'; readonly databaseUrl: string }
  | {
      readonly kind: 'scaled_out';
      readonly databaseUrl: string;
      readonly redis: Extract<RedisTarget, { kind: 'ok' }>;
      readonly redisPrefix: string;
    };

export type ModeResult =
  { readonly kind: 'ok'; readonly mode: Mode } | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export interface ModeVariables {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly redisPrefix: string;
}

const WITHOUT_DATABASE =
  'REDIS_URL is set and DATABASE_URL is not. Redis only rings between processes, the ledger has to be in PostgreSQL: ' +
  'set DATABASE_URL=postgres://user:password@host:5432/database, or remove REDIS_URL to run embedded.';

/** No problem text repeats a URL: they hold passwords. */
export function parseMode(variables: ModeVariables): ModeResult {
  const { dataDir, databaseUrl, redisUrl } = variables;
  if (databaseUrl !== undefined) return parseServers(databaseUrl, variables);
  if (redisUrl !== undefined) return { kind: 'invalid', problems: [WITHOUT_DATABASE] };
  return { kind: 'ok', mode: { kind: 'embedded', dataDir } };
}

function parseServers(databaseUrl: string, { redisUrl, redisPrefix }: ModeVariables): ModeResult {
  const problem = findDatabaseProblem(databaseUrl);
  const problems = problem === null ? [] : [`environment variable DATABASE_URL: ${problem}`];
  const redis = redisUrl === undefined ? null : parseRedisUrl(redisUrl);
  if (redis?.kind === 'invalid') problems.push(`environment variable REDIS_URL: ${redis.problem}`);
  if (problems.length > 0 || redis?.kind === 'invalid') return { kind: 'invalid', problems };
  if (redis === null) return { kind: 'ok', mode: { kind: 'postgres', databaseUrl } };
  return { kind: 'ok', mode: { kind: 'scaled_out', databaseUrl, redis, redisPrefix } };
}

const DATABASE_FORM = 'write postgres://user:password@host:5432/database';

/** https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING, as far as `pg` follows it: one host. */
function findDatabaseProblem(text: string): string | null {
  if (!URL.canParse(text)) {
    return `it is not a URL; ${DATABASE_FORM}, with special characters of the password percent-encoded`;
  }
  const { protocol, pathname, username, password } = new URL(text);
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    return `it begins with ${protocol}// and only PostgreSQL can keep the ledger; ${DATABASE_FORM}`;
  }
  // Read on, the rest of the password would be taken for the name of the database, and be shown.
  if (pathname.includes('@') || !isEncoded(username + password)) {
    return `special characters of its user or password are not percent-encoded (/ as %2F, % as %25); ${DATABASE_FORM}`;
  }
  return pathname.length > 1 ? null : `it names no database; ${DATABASE_FORM}`;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
