import type { Access } from './access.ts';
import type { Limits } from './limits.ts';
import type { Portal } from './portal.ts';

/** A portal with what guards it. */
export interface Account {
  readonly portal: Portal;
  readonly access: Access;
  readonly limits: Limits;
}
