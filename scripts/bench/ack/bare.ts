/**
 * What the daemon is measured against: Express with helmet that checks the signature and keeps nothing.
 * Usage: node bare.ts <secret>; prints `listening <port>`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import express from 'express';
import helmet from 'helmet';

const [secret = ''] = process.argv.slice(2);

const app = express();
app.use(helmet());
app.post('/webhooks/:source', express.raw({ type: '*/*', limit: '5mb' }), (request, response) => {
  const body = request.body as Buffer;
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(request.get('x-callab-signature') ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    response.status(401).json({ ok: false });
    return;
  }
  const event = JSON.parse(body.toString('utf8')) as { call: { id: string } };
  response.json({ ok: true, id: event.call.id, duplicate: false });
});

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
