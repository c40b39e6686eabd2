import { toIso as iso } from '../../../shared/clock.ts';
import type { Random } from '../../random.ts';
import { deliver, expectCall, summaryOf, type CallPlan, type MadeCall } from './call-plan.ts';

/**
 * CalltTone: started, ended and mostly a transcript. `analysis.complete` is left out: it carries another id, and to which
 * call it is joined is a question of heuristics, not of losing or doubling.
 */
export function makeCallttoneCall(plan: CallPlan, random: Random): MadeCall {
  const callId = `0198a6c2-0000-7c3a-9b40-${String(plan.number).padStart(12, '0')}`;
  const call = {
    callId,
    direction: 'inbound',
    fromNumber: plan.phone,
    toNumber: '+12025550110',
    agentName: 'Front Desk',
  };
  const started = { event: 'call.started', ...call, startedAt: iso(plan.endedAtMs - 900_000) };
  const durationSeconds = random.int(1, 900);
  const ended = {
    event: 'call.ended',
    ...call,
    status: 'completed',
    durationSeconds,
    summary: summaryOf(plan),
    endedAt: iso(plan.endedAtMs),
  };
  const transcript = random.chance(0.7) ? `AI: Hello.\nUser: This is call ${plan.number}.` : null;
  const spoken = transcript === null ? [] : [{ event: 'transcript.ready', callId, transcript }];
  return {
    callId,
    deliveries: [started, ended, ...spoken].map((body) => deliver('callttone', body.event, body)),
    expected: expectCall(plan, {
      callId,
      firstName: null,
      outcomes: null,
      fields: {
        status: 'completed',
        duration_s: durationSeconds,
        recording_url: null,
        summary: summaryOf(plan),
        transcript,
      },
    }),
  };
}
