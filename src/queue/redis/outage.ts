import type { Logger } from '../../shared/logger.ts';

/** Tells an outage once when it begins and once when it ends, however many commands fail in it. */
export interface Outage {
  began(reason: string): void;
  ended(): void;
}

/** `label` names the Redis, without secrets. */
export function createOutage(logger: Logger, label: string): Outage {
  let away = false;
  return {
    began(reason) {
      if (away) return;
      away = true;
      logger.warn('redis.away', {
        redis: label,
        reason,
        meanwhile: 'workers poll the ledger; limits count per process',
      });
    },
    ended() {
      if (away) logger.info('redis.back', { redis: label });
      away = false;
    },
  };
}
