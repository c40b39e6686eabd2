/** Work that is asked for from many sides and done at most once at a time. */
export interface SingleFlight {
  /**
   * Asks for the work. While it is under way: once more afterwards, however often this is called. Resolves when nothing
   * is under way any more.
   */
  wake(): Promise<void>;
  /** Nothing starts any more; resolves when the work under way has ended. */
  stop(): Promise<void>;
}

/** `work` resolves to true when there is more of it. What it throws goes to `onError`; nobody is left to catch it. */
export function createSingleFlight(work: () => Promise<boolean>, onError: (error: unknown) => void): SingleFlight {
  const state = { wanted: false, stopped: false };
  let underWay: Promise<void> | null = null;
  const repeat = async (): Promise<void> => {
    while (state.wanted && !state.stopped) {
      state.wanted = false;
      try {
        const more = await work();
        state.wanted ||= more;
      } catch (error) {
        onError(error);
      }
    }
    // No `await` between the last look at `wanted` and here: no wake can fall into the gap.
    underWay = null;
  };
  return {
    wake() {
      state.wanted = true;
      underWay ??= repeat();
      return underWay;
    },
    async stop() {
      state.stopped = true;
      await underWay;
    },
  };
}
