import type { Access } from './access.ts';
import type { Limits } from './limits.ts';
import type { Org } from './org.ts';

/** An org with what guards it. */
export interface Account {
  readonly org: Org;
  readonly access: Access;
  readonly limits: Limits;
  /** Where it is served: `instance_url`. */
  readonly address: () => string;
}
