/** A process to be killed: records events without end and prints the id of each one that was acknowledged. */
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

import { openSqliteLedger } from '../../src/ledger/open-sqlite-ledger.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { newEvent } from './scripted-event.ts';

const IN_FLIGHT = 20;
const [file = ''] = process.argv.slice(2);
const ids = createIds(systemClock);
const ledger = await openSqliteLedger({ file, clock: systemClock, ids });

async function recordForEver(): Promise<void> {
  for (;;) {
    const id = ids.next('evt');
    const event = newEvent({ call: id, type: 'call.ended', facts: {} }, { id, receiptKey: id });
    await ledger.recordEvent(event);
    await print(`${id}\n`);
  }
}

/** What was printed is out of this process at once, whatever kills it next; a pipe whose reader is busy is tried again. */
async function print(line: string): Promise<void> {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await setImmediate();
    }
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, recordForEver));
