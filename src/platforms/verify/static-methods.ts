import type { UnverifiedRequest } from '../platform.ts';
import { singleHeader } from './headers.ts';
import type { Checked, Draft, Method } from './method.ts';
import { equalSecret } from './secrets.ts';

/** A header or basic credentials that every request of the source carries. */
export type StaticAuth =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'header'; readonly name: string; readonly value: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string };

/** Proof by an unguessable last path segment. */
export function pathTokenMethod(token: string): Method {
  return {
    label: 'path token',
    check: ({ pathToken }) => compared(pathToken, token, 'path token'),
    sign: (draft) => ({ ...draft, path: `/${encodeURIComponent(token)}` }),
  };
}

/** Proof by a constant header. */
export function staticAuthMethod(auth: StaticAuth): Method {
  switch (auth.type) {
    case 'bearer':
      return headerMethod('bearer token', 'authorization', {
        expected: auth.token,
        read: afterScheme('bearer'),
        write: (value) => `Bearer ${value}`,
      });
    case 'header':
      return headerMethod(`header ${auth.name}`, auth.name.toLowerCase(), {
        expected: auth.value,
        read: (value) => value,
        write: (value) => value,
      });
    case 'basic': {
      const expected = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64');
      return headerMethod('basic', 'authorization', {
        expected,
        read: afterScheme('basic'),
        write: (value) => `Basic ${value}`,
      });
    }
  }
}

/** No proof in the request itself: an address list stands in front, or the operator wrote `allow_unsigned`. */
export function noProofMethod(label: string, proof: string): Method {
  return { label, check: () => ({ kind: 'held', proof }), sign: (draft) => draft };
}

interface HeaderSecret {
  readonly expected: string;
  read(value: string): string | null;
  write(value: string): string;
}

function headerMethod(label: string, name: string, secret: HeaderSecret): Method {
  return {
    label,
    check: (request: UnverifiedRequest): Checked => {
      const value = singleHeader(request.headers, [name]);
      if (typeof value === 'object' && value !== null) return { kind: 'failed', cause: 'auth_repeated' };
      return compared(value === null ? null : secret.read(value), secret.expected, label);
    },
    sign: (draft: Draft) => ({ ...draft, headers: { ...draft.headers, [name]: secret.write(secret.expected) } }),
  };
}

function compared(given: string | null, expected: string, proof: string): Checked {
  const cause = proof === 'path token' ? 'path_token' : 'auth';
  if (given === null) return { kind: 'failed', cause: `${cause}_missing` };
  return equalSecret(given, expected) ? { kind: 'held', proof } : { kind: 'failed', cause: `${cause}_mismatch` };
}

/** The credentials after `Bearer ` or `Basic `; the scheme's name in any case (RFC 9110 11.1). */
function afterScheme(scheme: string): (value: string) => string | null {
  const prefix = new RegExp(`^${scheme} +`, 'i');
  return (value) => (prefix.test(value) ? value.replace(prefix, '').trim() : null);
}
