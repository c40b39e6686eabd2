/**
 * The receiver of the platform's own documents: Express, one `queue.add` of Bull per request, then 200. It checks no signature.
 * Usage: node naive.ts <redis url>; prints `listening <port>`.
 */
import type { AddressInfo } from 'node:net';

import Queue from 'bull';
import express from 'express';

const [redisUrl = ''] = process.argv.slice(2);

const webhookQueue = new Queue('webhook-processing', redisUrl);
const app = express();
app.use(express.json({ limit: '5mb' }));
app.post('/webhooks/:source', (request, response, next) => {
  webhookQueue.add(request.body).then(() => response.status(200).json({ received: true }), next);
});

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
