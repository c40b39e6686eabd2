import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HeaderLines } from '../platforms/platform.ts';
import { refusedAnswer } from './answer.ts';
import { createBodyBudget, readRequestBody } from './read-request-body.ts';
import { receiveWebhook, type ReceiveDependencies } from './receive-webhook.ts';
import { sendAnswer } from './send-answer.ts';
import type { WebhookPath } from './webhook-path.ts';

/** Answers one webhook; never rejects. */
export type HandleWebhook = (path: WebhookPath, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** All requests together may hold so many bytes of body that is not verified yet. */
const MAX_BODY_BYTES_IN_FLIGHT = 256 * 1024 * 1024;

/** The border between Node's HTTP and `receiveWebhook`. A body has to arrive within `timeoutMs`. */
export function createWebhookHandler(dependencies: ReceiveDependencies, timeoutMs: number): HandleWebhook {
  const budget = createBodyBudget(MAX_BODY_BYTES_IN_FLIGHT);
  return async (path, request, response) => {
    const share = budget.open();
    try {
      const answer = await receiveWebhook(dependencies, {
        method: request.method ?? '',
        url: request.url ?? '',
        source: path.source,
        pathToken: path.token,
        headers: headerLines(request),
        socketAddress: request.socket.remoteAddress ?? '',
        readBody: (maxBytes) => readRequestBody(request, { maxBytes, timeoutMs, share }),
      });
      if (answer !== null) sendAnswer(response, answer);
    } catch (error) {
      // Nothing was acknowledged, so the sender comes back.
      dependencies.logger.error('receive.failed', { source: path.source, error });
      sendAnswer(response, refusedAnswer(503));
    } finally {
      share.release();
    }
  };
}

/** Node joins repeated lines with a comma; a proof that stands there twice has to stay visible as two (trap 21). */
function headerLines({ rawHeaders }: IncomingMessage): HeaderLines {
  const lines: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    lines.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return lines;
}
