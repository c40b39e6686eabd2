/** `scaled`: PostgreSQL and Redis; `postgres`: PostgreSQL alone; see design.md section 3. */
export const MODES = ['embedded', 'postgres', 'scaled'] as const;
export type TortureMode = (typeof MODES)[number];

/** What `--only` can choose. */
export const MISCHIEF_NAMES = ['kill', 'redis', 'postgres', 'disk', 'clock', 'crm'] as const;
export type MischiefName = (typeof MISCHIEF_NAMES)[number];

/** What `--crm` can choose. */
export const CRM_KINDS = ['rest', 'hubspot', 'salesforce'] as const;
export type CrmKind = (typeof CRM_KINDS)[number];

export interface TortureOptions {
  readonly mode: TortureMode;
  readonly crm: CrmKind;
  /** Length of the load at least: every kind of mischief comes once, however short the time. */
  readonly seconds: number;
  /** Repeats calls, mischief and its order; how the processes interleave is the machine's. */
  readonly seed: number;
  readonly only: readonly MischiefName[];
  /** Processes of each role; the embedded mode has one process that is both. */
  readonly receivers: number;
  readonly workers: number;
  /** Told what happens, a line at a time. */
  readonly onProgress: (line: string) => void;
}
