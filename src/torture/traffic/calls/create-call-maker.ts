import type { Random } from '../../random.ts';
import { SOURCES, type SourceName } from '../delivery.ts';
import { makeAtomsCall } from './atoms-call.ts';
import type { CallPlan, MadeCall } from './call-plan.ts';
import { makeCallabCall } from './callab-call.ts';
import { makeCallttoneCall } from './callttone-call.ts';

const MAKERS: Readonly<Record<SourceName, (plan: CallPlan, random: Random) => MadeCall>> = {
  callab: makeCallabCall,
  callttone: makeCallttoneCall,
  atoms: makeAtomsCall,
};

const FIRST_NAMES = ['Dana', 'Zoë', 'Łukasz', 'O’Neil', '美咲', 'Ana "Q"', '{{ call.id }}'] as const;
const SPAN_MS = 3_000_000;

/** Makes call after call; every other one is from a person who called before, often a moment ago. */
export function createCallMaker(random: Random, startMs: number): () => MadeCall {
  let calls = 0;
  let people = 0;
  return () => {
    calls += 1;
    const isKnown = people > 0 && random.chance(0.5);
    if (!isKnown) people += 1;
    const person = isKnown ? random.int(Math.max(1, people - 20), people) : people;
    const plan: CallPlan = {
      number: calls,
      phone: `+1202${String(2_000_000 + person)}`,
      firstName: FIRST_NAMES[person % FIRST_NAMES.length] ?? 'Dana',
      // A prime step through the last hour: never twice the same time, and not in the order in which calls are sent.
      endedAtMs: startMs - SPAN_MS + ((calls * 7919) % SPAN_MS) - 60_000,
    };
    return MAKERS[random.pick(SOURCES)](plan, random);
  };
}
