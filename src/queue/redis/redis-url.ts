import type { RedisOptions as AnyRedisOptions } from 'ioredis';

/** Everything of a connection but the shape of its answers. */
export type RedisOptions = Omit<AnyRedisOptions, 'replyMapping'>;

/** What `REDIS_URL` says, ready for ioredis; and the same without secrets, for logs. */
export type RedisTarget =
  | { readonly kind: 'ok'; readonly options: RedisOptions; readonly label: string }
  | { readonly kind: 'invalid'; readonly problem: string };

const FORMS =
  'redis://[user:password@]host[:6379][/db], rediss://… (TLS) or ' +
  'redis+sentinel://[user:password@]host1:26379,host2:26379/master-name[/db][?sentinel_user=…&sentinel_password=…] ' +
  '(rediss+sentinel:// with TLS)';

/** User and password may hold any character, percent-encoded; several hosts only with a Sentinel. */
const SHAPE =
  /^(?<scheme>rediss?(?:\+sentinel)?):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^@?#]*))?(?:\?(?<query>[^@#]*))?$/;
const HOST = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/;

interface Parts {
  readonly scheme: string;
  readonly user?: string;
  readonly password?: string;
  readonly hosts: string;
  readonly path?: string;
  readonly query?: string;
}

interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `redis://`, `rediss://` (TLS, certificate checked) and `redis+sentinel://h1:26379,h2:26379/<master>[/<db>]`.
 * With a Sentinel, user and password are those of the Redis behind it; the Sentinels' own come after the `?`. No problem
 * text repeats the URL: it may hold a password.
 */
export function parseRedisUrl(url: string): RedisTarget {
  const parts = SHAPE.exec(url.trim())?.groups as Parts | undefined;
  if (parts === undefined) return invalid('it is not a Redis URL');
  const secrets = decodeSecrets(parts);
  const own = parseSentinelLogin(parts.query);
  if (own === null) return invalid('after the ? it may have sentinel_user and sentinel_password, percent-encoded');
  if (secrets === null) return invalid('its user or password is not percent-encoded correctly');
  const sentinel = parts.scheme.endsWith('+sentinel');
  const hosts = parts.hosts.split(',').map((host) => parseHost(host, sentinel ? 26_379 : 6379));
  if (!isComplete(hosts)) return invalid('a host or port in it cannot be read');
  const secured = parts.scheme.startsWith('rediss') ? { ...secrets, tls: {} } : secrets;
  if (sentinel) return sentinelTarget(parts, hosts, { ...secured, ...own });
  return parts.query === undefined
    ? plainTarget(parts, hosts, secured)
    : invalid('only Sentinels have settings after a ?');
}

function plainTarget(parts: Parts, [first, ...others]: readonly HostPort[], secured: RedisOptions): RedisTarget {
  if (first === undefined || others.length > 0) return invalid('several hosts need redis+sentinel://');
  const db = parseDb(parts.path ?? '');
  if (db === null) return invalid('what follows the host must be the number of a database');
  const label = `${parts.scheme}://${first.host}:${first.port}/${db}`;
  return { kind: 'ok', label, options: { ...secured, host: bare(first.host), port: first.port, db } };
}

function sentinelTarget(parts: Parts, hosts: readonly HostPort[], secured: RedisOptions): RedisTarget {
  const [name = '', number = '', ...rest] = (parts.path ?? '').split('/');
  const [db, master] = [parseDb(number), decode(name)];
  if (name === '' || master === null || db === null || rest.length > 0) {
    return invalid('after the hosts it needs the name of the master, as in /mymaster or /mymaster/0');
  }
  const label = `${parts.scheme}://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${name}/${db}`;
  const sentinels = hosts.map(({ host, port }) => ({ host: bare(host), port }));
  const tls = secured.tls === undefined ? {} : { sentinelTLS: {}, enableTLSForSentinelMode: true };
  return { kind: 'ok', label, options: { ...secured, ...tls, sentinels, name: master, db } };
}

function decodeSecrets({ user = '', password = '' }: Parts): RedisOptions | null {
  const [username, decoded] = [decode(user), decode(password)];
  if (username === null || decoded === null) return null;
  return { ...(username === '' ? {} : { username }), ...(decoded === '' ? {} : { password: decoded }) };
}

/** Null when it is not percent-encoded correctly. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const SENTINEL_LOGIN: Readonly<Record<string, 'sentinelUsername' | 'sentinelPassword'>> = {
  sentinel_user: 'sentinelUsername',
  sentinel_password: 'sentinelPassword',
};

/** Sentinels may ask for a password of their own, mostly the same as that of the Redis behind them. */
function parseSentinelLogin(query: string | undefined): RedisOptions | null {
  const entries = query?.split('&').map((pair) => {
    const [, name = '', value = ''] = /^([^=]*)=(.+)$/.exec(pair) ?? [];
    return [SENTINEL_LOGIN[name] ?? '', decode(value) ?? ''] as const;
  });
  if (entries === undefined) return {};
  return entries.every(([name, value]) => name !== '' && value !== '') ? Object.fromEntries(entries) : null;
}

function parseHost(text: string, defaultPort: number): HostPort | null {
  const { host, port } = HOST.exec(text)?.groups ?? {};
  const number = port === undefined ? defaultPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number };
}

function isComplete(hosts: readonly (HostPort | null)[]): hosts is readonly HostPort[] {
  return hosts.every((host) => host !== null);
}

/** Node connects to `::1`, not to `[::1]`. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function parseDb(text: string): number | null {
  if (text === '') return 0;
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}

function invalid(why: string): RedisTarget {
  return { kind: 'invalid', problem: `${why}; write ${FORMS}` };
}
