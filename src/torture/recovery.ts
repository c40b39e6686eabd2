import type { Stage } from './stage/stage.ts';
import type { Senders } from './traffic/senders.ts';
import { within } from './wait.ts';

/** Milliseconds from the end of a mischief. */
export interface Recovery {
  /** To the first acknowledgement; null when none came in time. */
  readonly answerMs: number | null;
  /** To the first write in a CRM; null when none came in time. */
  readonly writeMs: number | null;
}

/** Longer than anything but a broken daemon takes. */
export const RECOVERY_TIMEOUT_MS = 60_000;

/** Waits until webhooks are acknowledged and CRMs are written again. */
export async function measureRecovery(
  stage: Pick<Stage, 'nextWrite'>,
  senders: Pick<Senders, 'nextAnswer'>,
  port: number | null,
): Promise<Recovery> {
  const startMs = performance.now();
  const since = async (event: Promise<void>): Promise<number | null> => {
    const elapsed = event.then(() => Math.round(performance.now() - startMs));
    return within(elapsed, RECOVERY_TIMEOUT_MS);
  };
  const [answerMs, writeMs] = await Promise.all([since(senders.nextAnswer(200, port)), since(stage.nextWrite())]);
  return { answerMs, writeMs };
}
