import type { JsonObject } from '../../../domain/json.ts';
import { toIso as iso } from '../../../shared/clock.ts';
import type { Random } from '../../random.ts';
import type { Delivery } from '../delivery.ts';
import {
  deliver,
  expectCall,
  recordingUrl,
  summaryOf,
  type CallPlan,
  type MadeCall,
  type Outcomes,
} from './call-plan.ts';

/** How often each event of the call is sent with new content: the last one is right. */
interface Shape {
  readonly status: 'completed' | 'no-answer';
  readonly duration: number;
  readonly ends: number;
  readonly extractions: number;
  readonly outcomes: Outcomes | null;
}

/** Callab: started, ended (sometimes corrected by a second one), and mostly outcomes (sometimes extracted twice). */
export function makeCallabCall(plan: CallPlan, random: Random): MadeCall {
  const callId = callIdOf(plan);
  const start = callEvent(plan, 'call_started', { call: { status: 'in-progress' } }, 0);
  if (random.chance(0.05)) return { callId, deliveries: [start], expected: null };
  const shape = decideShape(plan, random);
  return {
    callId,
    deliveries: [start, ...endEvents(plan, shape), ...outcomeEvents(plan, shape)],
    expected: expectCall(plan, {
      callId,
      firstName: plan.firstName,
      outcomes: shape.outcomes,
      fields: {
        status: shape.status === 'completed' ? 'completed' : 'no_answer',
        duration_s: shape.duration,
        recording_url: recordingUrl(plan, shape.extractions > 0 ? 10 + shape.extractions : shape.ends),
        summary: shape.extractions > 0 ? summaryOf(plan) : null,
        transcript: shape.extractions > 0 ? transcriptOf(plan) : null,
      },
    }),
  };
}

function decideShape(plan: CallPlan, random: Random): Shape {
  const status = random.chance(0.8) ? 'completed' : 'no-answer';
  const extractions = status === 'completed' && random.chance(0.7) ? random.int(1, 2) : 0;
  return {
    status,
    duration: random.int(1, 900),
    ends: random.chance(0.3) ? 2 : 1,
    extractions,
    outcomes: extractions > 0 ? decideOutcomes(plan, random) : null,
  };
}

function decideOutcomes(plan: CallPlan, random: Random): Outcomes {
  const interested = random.chance(0.5);
  if (random.chance(0.4)) return { interested };
  return {
    interested,
    next_action: `Call back about ${plan.number}`,
    appointment_date: iso(plan.endedAtMs + 86_400_000),
  };
}

function endEvents(plan: CallPlan, { status, duration, ends, extractions }: Shape): Delivery[] {
  return numbers(ends).map((end) => {
    const isRight = extractions === 0 && end === ends;
    return callEvent(plan, 'call_ended', { call: { status, duration: isRight ? duration : duration + end } }, end);
  });
}

function outcomeEvents(plan: CallPlan, { status, duration, extractions, outcomes }: Shape): Delivery[] {
  return numbers(extractions).map((extraction) => {
    const isRight = extraction === extractions;
    const call = {
      status,
      duration: isRight ? duration : duration + 50,
      transcript: transcriptOf(plan),
      summary: isRight ? summaryOf(plan) : 'A first summary, replaced later.',
    };
    return callEvent(
      plan,
      'call_outcome_extracted',
      { call, outcomes: isRight ? outcomes : misread(outcomes) },
      10 + extraction,
    );
  });
}

/** The same keys with other values. */
function misread(outcomes: Outcomes | null): JsonObject {
  if (outcomes === null) return {};
  const other = outcomes.next_action === undefined ? {} : { next_action: 'Something else' };
  return { ...outcomes, ...other, interested: !outcomes.interested };
}

function callEvent(
  plan: CallPlan,
  event: string,
  { call, ...rest }: JsonObject & { call: JsonObject },
  order: number,
): Delivery {
  const ended = order === 0 ? {} : { end_time: iso(plan.endedAtMs), recording_url: recordingUrl(plan, order) };
  return deliver('callab', event, {
    event,
    timestamp: iso(plan.endedAtMs + order * 1000),
    workspace_id: 'ws_proof',
    campaign: { id: 'camp_1', name: 'Proof', type: 'outbound' },
    contact: { id: `cont_${plan.phone}`, phone: plan.phone, first_name: plan.firstName },
    call: { id: callIdOf(plan), start_time: iso(plan.endedAtMs - 900_000), ...ended, ...call },
    ...rest,
    agent: { id: 'agent_1', name: 'Sales Agent' },
  });
}

function callIdOf(plan: CallPlan): string {
  return `call_${plan.number}`;
}

function transcriptOf(plan: CallPlan): string {
  return `Agent: Hello.\nCustomer: This is call ${plan.number}.`;
}

function numbers(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
