import { createHmac } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** A documented body of Callab, with room for the time and the call id. */
const BODY = JSON.stringify({
  event: 'call_outcome_extracted',
  timestamp: 'SENT_AT',
  workspace_id: 'ws_4821',
  campaign: { id: 'camp_771', name: 'Spring follow-up', type: 'outbound' },
  contact: {
    id: 'ct_90210',
    phone: '+12025550143',
    first_name: 'Ada',
    last_name: 'Lovelace',
    email: 'ada@example.com',
    company: 'Analytical Engines',
    tags: ['lead', 'spring'],
    custom_fields: { crm_id: '551' },
  },
  call: {
    id: 'CALL_ID',
    status: 'completed',
    duration: 180,
    start_time: '2026-11-20T11:56:00.000Z',
    end_time: '2026-11-20T11:59:00.000Z',
    recording_url: 'https://recordings.example.com/call.mp3',
    transcript: 'Agent: Hello, this is Sam. Customer: Hi. Agent: Are you free on Friday? Customer: Yes, at ten.',
    summary: 'The customer agreed to an appointment on Friday at ten.',
  },
  outcomes: { interested: true, appointment_booked: true, budget: '5000-8000 EUR', next_action: 'Send the contract' },
  agent: { id: 'ag_12', name: 'Sam' },
});

/** As senders do, each body tells when it was sent; so many in a millisecond. */
const SENT_PER_MS = 10;

/** Writes `count` signed bodies, one a line, each with a call id of its own: to a receiver every one is a new event. */
export async function writeBodies(file: string, secret: string, run: string, count: number): Promise<void> {
  const [head = '', middle = '', tail = ''] = BODY.split(/SENT_AT|CALL_ID/);
  const firstMs = Date.now();
  const stream = createWriteStream(file, { highWaterMark: 1024 * 1024 });
  for (let index = 0; index < count; index += 1) {
    const sentAt = new Date(firstMs + Math.floor(index / SENT_PER_MS)).toISOString();
    const body = `${head}${sentAt}${middle}call_${run}_${index}${tail}`;
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    if (!stream.write(`${signature}\t${body}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
