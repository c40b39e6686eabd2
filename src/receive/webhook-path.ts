/** What `/webhooks/<source>[/<token>]` names. */
export interface WebhookPath {
  readonly source: string;
  readonly token: string | null;
}

/** Segments without an escape mean themselves. */
const PLAIN = /^\/webhooks\/([^/?#%]+)(?:\/([^/?#%]+))?\/?(?:\?|$)/;

/** Reads a path that is spelled as we print it; null for every other path, also for one that only needs decoding. */
export function readPlainWebhookPath(url: string): WebhookPath | null {
  const [, source, token = null] = PLAIN.exec(url) ?? [];
  return source === undefined ? null : { source, token };
}
