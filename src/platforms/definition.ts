import type { z } from 'zod';

import type { Description } from './mapping/description.ts';
import type { Refine } from './mapping/translate.ts';
import type { CommonSourceConfig } from './source-keys.ts';
import type { SignatureScheme } from './verify/scheme.ts';

/** What the configured secrets prove. */
export type SecretUse =
  | { readonly kind: 'signature'; readonly scheme: SignatureScheme }
  | { readonly kind: 'jwt_body' }
  /** Path of the body field that holds the secret. */
  | { readonly kind: 'body_token'; readonly path: string };

/** How one source of a platform is checked and read. */
export interface SourceParts {
  /** Null: the platform signs nothing. */
  readonly secretUse: SecretUse | null;
  readonly description: Description;
  readonly refine?: Refine;
}

/** A kind of sender. One folder and one line in `platforms/index.ts` each. */
export interface PlatformDefinition<Config extends CommonSourceConfig> {
  /** The value of `platform:`; the schema pins it with a literal. */
  readonly name: string;
  /** All keys under `sources.<name>` for this platform. */
  readonly schema: z.ZodType<Config>;
  create(config: Config): SourceParts;
}
