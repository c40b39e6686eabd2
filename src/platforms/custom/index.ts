import type { PlatformDefinition, SecretUse } from '../definition.ts';
import type { Description } from '../mapping/description.ts';
import type { SignatureFormat, SignatureScheme } from '../verify/scheme.ts';
import { customSchema, type CustomConfig, type SignatureConfig } from './schema.ts';

/** A sender described in YAML alone. */
export const custom: PlatformDefinition<CustomConfig> & { readonly schema: typeof customSchema } = {
  name: 'custom',
  schema: customSchema,
  // The schema's absent keys are absent, never undefined: it parses YAML.
  create: (config) => ({ secretUse: secretUseOf(config), description: config as Description }),
};

function secretUseOf(config: CustomConfig): SecretUse | null {
  if (config.signature !== undefined) return { kind: 'signature', scheme: schemeOf(config.signature) };
  if (config.jwt_body === true) return { kind: 'jwt_body' };
  return config.body_token === undefined ? null : { kind: 'body_token', path: config.body_token };
}

function schemeOf(config: SignatureConfig): SignatureScheme {
  const headers = typeof config.header === 'string' ? [config.header] : config.header;
  const { timestamp } = config;
  return {
    algorithm: config.algorithm,
    headers: headers.map((name) => name.toLowerCase()),
    format: formatOf(config.format),
    encoding: config.encoding,
    secret: config.secret,
    signed: config.signed,
    timestamp:
      timestamp === undefined
        ? null
        : {
            header: timestamp.header?.toLowerCase() ?? null,
            unit: timestamp.unit,
            pastS: timestamp.tolerance_s,
            futureS: timestamp.future_tolerance_s,
          },
    idHeader: config.id_header?.toLowerCase() ?? null,
    url: config.url ?? null,
    bodySha256Query: config.body_sha256_query === true,
    reserialized: config.reserialized === true,
  };
}

function formatOf(format: SignatureConfig['format']): SignatureFormat {
  if (format === 'bare') return { kind: 'bare' };
  if ('prefix' in format) return { kind: 'prefixed', prefix: format.prefix };
  if ('version' in format) return { kind: 'versioned', version: format.version };
  return { kind: 'pairs', signature: format.pairs.signature, timestamp: format.pairs.timestamp ?? null };
}
