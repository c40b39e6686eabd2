/** What the composition root loads once it is told of a Redis. */
export { connectRedis } from './redis-link.ts';
export { createRedisQueue } from './redis-queue.ts';
export { createReservations } from './reservations.ts';
