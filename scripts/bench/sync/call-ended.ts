import { signDelivery, type Delivery } from '../../../src/torture/traffic/delivery.ts';
import { postWebhook, type WebhookClient } from '../../../src/torture/traffic/post-webhook.ts';

/** One `call_ended` of Callab per call: each call of the bench is one event from a person nobody knows yet. */
export function callEnded(number: number, endedAtMs: number): Delivery {
  const iso = (epochMs: number): string => new Date(epochMs).toISOString();
  return {
    source: 'callab',
    event: 'call_ended',
    body: JSON.stringify({
      event: 'call_ended',
      timestamp: iso(endedAtMs),
      workspace_id: 'ws_bench',
      campaign: { id: 'camp_1', name: 'Bench', type: 'outbound' },
      contact: {
        id: `cont_${number}`,
        phone: `+1202${String(2_000_000 + number)}`,
        first_name: 'Dana',
        last_name: 'Reed',
        company: 'Northwind Example',
        tags: ['Newsletter'],
      },
      call: {
        id: `call_${number}`,
        status: 'completed',
        duration: 182,
        start_time: iso(endedAtMs - 182_000),
        end_time: iso(endedAtMs),
        recording_url: `https://media.example.com/callab/call_${number}.mp3`,
      },
      agent: { id: 'agent_12c9', name: 'Sales Agent' },
    }),
  };
}

/** Delivers it; throws unless it was acknowledged: the bench measures a daemon that is well. */
export async function deliver(client: WebhookClient, delivery: Delivery): Promise<void> {
  const status = await postWebhook(client, {
    path: `/webhooks/${delivery.source}`,
    headers: signDelivery(delivery, Date.now()),
    body: delivery.body,
  });
  if (status !== 200) throw new Error(`a webhook was answered ${status ?? 'not at all'}, expected 200`);
}
