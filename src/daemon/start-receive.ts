import { createReceivedSource } from '../receive/create-received-source.ts';
import { createEndpoint, RECEIVE_TIMEOUTS } from '../receive/endpoint.ts';
import { startReceiver, type Receiver } from '../receive/start-receiver.ts';
import { systemClock } from '../shared/clock.ts';
import type { DaemonOptions, DaemonServices } from './services.ts';

/** Opens the public port. */
export function startReceive(services: DaemonServices, { host, port }: DaemonOptions): Promise<Receiver> {
  const { server } = services.loaded.config;
  const handler = createEndpoint({
    ...services,
    ...RECEIVE_TIMEOUTS,
    hostClock: systemClock,
    counters: services.redis?.counters,
    sources: [...services.compiled.sources.values()].map((source) => createReceivedSource(source, server)),
    trustedProxies: server.trusted_proxies,
    ratePerAddress: server.rate_limit.per_address,
  });
  return startReceiver({ handler, host, port });
}
