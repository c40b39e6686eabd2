const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/**
 * The URLs a sender may have signed: the configured one with the query string exactly as received, with and without the
 * default port. Never the Host header, which the sender of a forged request chooses.
 */
export function publicUrls(configured: string, receivedUrl: string): readonly string[] {
  const base = configured.replace(/[?#].*$/s, '');
  const queryAt = receivedUrl.indexOf('?');
  const query = queryAt < 0 ? '' : receivedUrl.slice(queryAt);
  return [...new Set([base, ...otherPort(base)])].map((url) => url + query);
}

function otherPort(base: string): readonly string[] {
  const [, scheme = '', host = '', port, path = ''] =
    /^(https?:)\/\/([^/:]+|\[[^\]]+\])(?::(\d+))?(.*)$/s.exec(base) ?? [];
  const standard = DEFAULT_PORTS[scheme];
  if (standard === undefined) return [];
  if (port === standard) return [`${scheme}//${host}${path}`];
  return port === undefined ? [`${scheme}//${host}:${standard}${path}`] : [];
}
