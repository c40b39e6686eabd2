import { afterEach } from '@jest/globals';

/** Opens worlds for the tests of one file; whatever a test opened is closed after it. */
export function closingAfterEach<Options, World extends { close(): Promise<void> }>(
  open: (options?: Options) => Promise<World>,
): (options?: Options) => Promise<World> {
  const opened: World[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((world) => world.close()));
  });
  return async (options) => {
    const world = await open(options);
    opened.push(world);
    return world;
  };
}
