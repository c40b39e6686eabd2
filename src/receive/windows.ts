import type { Rate } from './received-source.ts';

/** Counts of one process in fixed windows, each from the first request of its key. */
export interface Windows {
  /** Null to let it pass, or the milliseconds until the window ends. */
  take(key: string, points: number): number | null;
  /** Lets nothing of this key pass for so long. */
  block(key: string, ms: number): void;
}

interface Window {
  used: number;
  readonly endsAtMs: number;
}

/** Answers at once and keeps no timer: this runs before anything else is done for a request, for anybody. */
export function createWindows({ count, seconds }: Rate, ticks: () => number = () => performance.now()): Windows {
  const windows = new Map<string, Window>();
  const open = (key: string, window: Window): Window => {
    // Anew at the end of the map: the oldest stand first, and go as soon as they are over.
    windows.delete(key);
    windows.set(key, window);
    return window;
  };
  return {
    take(key, points) {
      const nowMs = ticks();
      const known = windows.get(key);
      const isOpen = known !== undefined && known.endsAtMs > nowMs;
      if (!isOpen) forgetEnded(windows, nowMs);
      const window = isOpen ? known : open(key, { used: 0, endsAtMs: nowMs + seconds * 1000 });
      window.used += points;
      return window.used > count ? window.endsAtMs - nowMs : null;
    },
    block: (key, ms) => void open(key, { used: count, endsAtMs: ticks() + ms }),
  };
}

function forgetEnded(windows: Map<string, Window>, nowMs: number): void {
  for (const [key, { endsAtMs }] of windows) {
    if (endsAtMs > nowMs) return;
    windows.delete(key);
  }
}
