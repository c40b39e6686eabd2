import type { DaemonServices } from './services.ts';

/** So long the other workers go on calling a destination that one of them found sick. */
const LEARN_MS = 2_000;

/** Takes over what other workers found out about the destinations. */
export function learnPauses({ destinations, logger }: Pick<DaemonServices, 'destinations' | 'logger'>): {
  stop(): void;
} {
  const learn = async (): Promise<void> => {
    try {
      await destinations.refresh();
    } catch (error) {
      logger.warn('destination.pauses_not_read', { error });
    }
  };
  const timer = setInterval(() => void learn(), LEARN_MS);
  return { stop: () => clearInterval(timer) };
}
