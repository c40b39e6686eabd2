import type { SecretUse } from './definition.ts';
import type { CompiledDescription } from './mapping/compile.ts';
import type { SignatureScheme } from './verify/scheme.ts';

/**
 * What works and is worth a second look. A signed request that somebody saw can be sent again with other unsigned headers;
 * if such a header makes the receipt key, an id of a delivery still to come can be used up by it: that delivery is then
 * answered as a duplicate and never kept. With the hash of the body in the key it cannot: the other body has another key.
 */
export function findWarnings(
  secretUse: SecretUse | null,
  { receiptKey }: Pick<CompiledDescription, 'receiptKey'>,
): readonly string[] {
  if (secretUse === null || secretUse.kind === 'body_token') return [];
  if (receiptKey.some(({ kind }) => kind === 'body_hash')) return [];
  const covered = secretUse.kind === 'signature' ? signedHeaders(secretUse.scheme) : [];
  const headers = receiptKey.flatMap((part) => (part.kind === 'header' ? [part.name] : []));
  return headers
    .filter((name) => !covered.includes(name))
    .map(
      (name) =>
        `receipt_key reads the header ${name}, which the signature does not cover: whoever sees one request can send it ` +
        'again with another value, and a real delivery of that value is then taken for a duplicate. Take it from the body, or add { body_hash: true }.',
    );
}

function signedHeaders({ signed, idHeader, timestamp }: SignatureScheme): readonly (string | null)[] {
  return [
    signed.includes('{id}') ? idHeader : null,
    signed.includes('{timestamp}') ? (timestamp?.header ?? null) : null,
  ];
}
