/** A process to be killed: records events without end and prints the id of each one that was acknowledged. */
import { writeSync } from 'node:fs';

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
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, recordForEver));
