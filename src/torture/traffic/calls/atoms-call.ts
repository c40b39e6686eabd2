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

const OUR_NUMBER = '+12025550110';

/** Atoms: before, after, and mostly analytics with two outcomes; only the analytics carry the right duration. */
export function makeAtomsCall(plan: CallPlan, random: Random): MadeCall {
  const callId = `CALL-${plan.endedAtMs}-${plan.number}`;
  const duration = random.int(1, 900) + 0.5;
  const outcomes = random.chance(0.7) ? decideOutcomes(plan, random) : null;
  const text = `This is call ${plan.number}.`;
  const before = { callId, fromPhone: OUR_NUMBER, toPhone: plan.phone };
  const after = {
    callId,
    recordingUrl: recordingUrl(plan, 0),
    callData: callData(plan, outcomes === null ? duration : duration + 7),
    transcript: [{ role: 'user', content: text, timestamp: iso(plan.endedAtMs - 1000) }],
  };
  return {
    callId,
    deliveries: [
      atomsEvent(plan, 'pre-conversation', before),
      atomsEvent(plan, 'post-conversation', after),
      ...(outcomes === null ? [] : [analyticsEvent(plan, { callId, callData: callData(plan, duration) }, outcomes)]),
    ],
    expected: expectCall(plan, {
      callId,
      firstName: null,
      outcomes,
      fields: {
        status: 'completed',
        duration_s: duration,
        recording_url: recordingUrl(plan, 0),
        summary: outcomes === null ? null : summaryOf(plan),
        transcript: `Customer: ${text}`,
      },
    }),
  };
}

function decideOutcomes(plan: CallPlan, random: Random): Outcomes {
  return { interested: random.chance(0.5), next_action: `Call back about ${plan.number}` };
}

function analyticsEvent(plan: CallPlan, metadata: JsonObject, outcomes: Outcomes): Delivery {
  const dispositionMetrics = Object.entries(outcomes).map(([identifier, value]) => ({
    identifier,
    value,
    confidence: 0.9,
  }));
  const analytics = { summary: summaryOf(plan), dispositionMetrics, successMetrics: [] };
  return atomsEvent(plan, 'analytics-completed', { ...metadata, analytics });
}

function atomsEvent(plan: CallPlan, eventType: string, metadata: JsonObject): Delivery {
  const agentId = '69fc7dd072a0c1d28d948ace';
  return deliver('atoms', eventType, {
    url: 'https://hooks.example.com/webhooks/atoms',
    description: 'Hookline',
    event: `${agentId}.${eventType}`,
    metadata: { agentId, eventType, conversationType: 'telephonyOutbound', ...metadata },
    id: `atoms-${plan.number}-${eventType}`,
  });
}

function callData(plan: CallPlan, callDuration: number): JsonObject {
  return {
    callDirection: 'telephony_outbound',
    callDuration,
    callStatus: 'completed',
    endTime: iso(plan.endedAtMs),
    fromNumber: OUR_NUMBER,
    toNumber: plan.phone,
  };
}
