import type { Bell } from '../queue.ts';

/** What a job holds. */
export interface BellData {
  /** Absent: the bell of events. */
  readonly destination?: string;
}

/** Within its queue: one waiting bell is enough. */
export const DEDUPLICATION_ID = 'waiting';

const EVENTS = 'events';
/** For destinations that left the config: somebody has to hand their runs over or hold them. */
const OTHERS = 'runs-of-others';

/** The BullMQ queues a worker with these destinations listens at. */
export function queueNames(destinations: readonly string[]): readonly string[] {
  return [EVENTS, OTHERS, ...destinations.map((destination) => runsOf(destination))];
}

/** The BullMQ queue of a bell. */
export function nameOf(bell: Bell, destinations: readonly string[]): string {
  if (bell.kind === 'event') return EVENTS;
  return destinations.includes(bell.destination) ? runsOf(bell.destination) : OTHERS;
}

export function bellOf({ destination }: BellData): Bell {
  return destination === undefined ? { kind: 'event' } : { kind: 'run', destination };
}

/** BullMQ takes no colon in a name, and a brace would mislead a Redis Cluster: both are encoded. */
function runsOf(destination: string): string {
  return `runs-${encodeURIComponent(destination)}`;
}
