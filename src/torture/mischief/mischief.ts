import type { MischiefName } from '../options.ts';
import type { Random } from '../random.ts';
import type { Stage } from '../stage/stage.ts';
import type { Senders } from '../traffic/senders.ts';

/** What a mischief works with. */
export interface MischiefContext {
  readonly stage: Stage;
  readonly senders: Senders;
  readonly random: Random;
  /** Aborted when the torture breaks off. */
  readonly signal: AbortSignal;
  readonly report: (problem: string) => void;
}

/** One way to make life hard. */
export interface Mischief {
  /** How `--only` calls its kind. */
  readonly name: MischiefName;
  /** Its row in the table. */
  readonly title: string;
  /**
   * Begins, lasts and ends; resolves at its end with the receiver whose next acknowledgement is its recovery, or null for
   * any. Leaves everything able to recover without help.
   */
  run(context: MischiefContext): Promise<number | null>;
}
