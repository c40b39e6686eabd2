import { setTimeout as pause } from 'node:timers/promises';

/**
 * Sends at once; everything asked for while that is under way, or within `gapMs` after it, becomes one more sending. So a
 * receiver with thousands of webhooks a second rings a few hundred times, and a lone webhook rings without delay.
 */
export function createBellSender(send: () => Promise<void>, gapMs: number): () => void {
  let underWay = false;
  let again = false;
  const sendAll = async (): Promise<void> => {
    do {
      again = false;
      await send();
      await pause(gapMs, undefined, { ref: false });
    } while (again);
    underWay = false;
  };
  return () => {
    again = true;
    if (underWay) return;
    underWay = true;
    void sendAll();
  };
}
