import { createHash, createHmac } from 'node:crypto';

export const SOURCES = ['callab', 'callttone', 'atoms'] as const;
export type SourceName = (typeof SOURCES)[number];

export const SECRETS: Readonly<Record<SourceName, string>> = {
  callab: 'callab-secret-of-the-torture',
  callttone: 'whsec_callttone-secret-of-the-torture',
  atoms: 'atoms-secret-of-the-torture',
};

/** One webhook a platform has to deliver. */
export interface Delivery {
  readonly source: SourceName;
  /** The platform's own name of the event. */
  readonly event: string;
  readonly body: string;
}

/** SHA-256 of the body, lower-case hex: how the ledger names it. */
export function hashBody({ body }: Pick<Delivery, 'body'>): string {
  return createHash('sha256').update(body).digest('hex');
}

/** The headers with which the platform sends it; written after the platforms' documents, apart from Hookline's own signing. */
export function signDelivery(delivery: Delivery, nowMs: number): Record<string, string> {
  const signature = createHmac('sha256', SECRETS[delivery.source]).update(delivery.body).digest('hex');
  const json = { 'content-type': 'application/json' };
  switch (delivery.source) {
    case 'callab':
      return { ...json, 'x-callab-signature': signature };
    case 'atoms':
      return { ...json, 'x-signature': signature };
    case 'callttone':
      return {
        ...json,
        'x-webhook-signature': signature,
        'x-webhook-timestamp': String(Math.floor(nowMs / 1000)),
        'x-webhook-event': delivery.event,
      };
  }
}
