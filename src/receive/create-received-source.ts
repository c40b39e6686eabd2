import type { SourceConfig } from '../platforms/source-config.ts';
import type { ReceivedSource } from './received-source.ts';
import type { ServerConfig } from './schema.ts';

export interface ConfiguredSource {
  readonly name: string;
  readonly config: SourceConfig;
  readonly adapter: ReceivedSource['adapter'];
}

/** A configured source as the receiver needs it; what it leaves open is as for the server. */
export function createReceivedSource(
  { name, config, adapter }: ConfiguredSource,
  server: ServerConfig,
): ReceivedSource {
  return {
    name,
    platform: config.platform,
    adapter,
    allowedCidrs: config.allow_ips.length === 0 ? null : config.allow_ips,
    addressIsOnlyProof: !isProving(config),
    maxBodyBytes: config.max_body ?? server.max_body,
    // Null is a limit switched off for this source, undefined is nothing said.
    rateLimit: config.rate_limit === undefined ? server.rate_limit.per_source : config.rate_limit,
    onInvalid: config.on_invalid,
  };
}

function isProving(config: SourceConfig): boolean {
  const secrets = 'secrets' in config ? config.secrets : undefined;
  return secrets !== undefined || config.token !== undefined || config.auth !== undefined;
}
