import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, test } from '@jest/globals';

import { createHttpClient, type HttpClientOptions, type HttpRequest } from '../../../src/shared/http-client.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function client(options: Partial<HttpClientOptions> = {}): ReturnType<typeof createHttpClient> {
  const made = createHttpClient({
    allowPrivateNetworks: true,
    maxResponseBytes: 1000,
    userAgent: 'hookline-test',
    ...options,
  });
  closers.push(() => made.close());
  return made;
}

function get(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, headers: {}, body: null, timeoutMs: 10_000, ...changes };
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return listening(server);
}

/** A server that answers every connection with raw bytes as its listener likes. */
async function serveRaw(onData: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => onData(socket));
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listening(server);
}

describe('answers', () => {
  test('body, headers and method go as given, the answer comes back whole', async () => {
    const url = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(201, {
          'X-Seen': `${request.method} ${request.headers['user-agent']}`,
          'Set-Cookie': ['a=1', 'b=2'],
        });
        response.end(Buffer.concat(chunks));
      });
    });
    const outcome = await client().send(
      get(url, { method: 'PATCH', body: '{"name":"Zoë"}', headers: { 'Content-Type': 'application/json' } }),
    );
    expect(outcome).toMatchObject({
      kind: 'response',
      response: {
        status: 201,
        body: '{"name":"Zoë"}',
        headers: { 'x-seen': 'PATCH hookline-test', 'set-cookie': 'a=1, b=2' },
      },
    });
  });

  test.each([302, 404, 429, 500])(
    'status %i is an answer like any other, redirects are not followed',
    async (status) => {
      let requests = 0;
      const url = await serve((_request, response) => {
        requests += 1;
        response.writeHead(status, { Location: '/elsewhere' });
        response.end('no');
      });
      expect(await client().send(get(url))).toMatchObject({ kind: 'response', response: { status, body: 'no' } });
      expect(requests).toBe(1);
    },
  );

  test('compressed answers are unpacked and their unpacked size counts', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync(request.url === '/bomb' ? 'x'.repeat(100_000) : 'small'));
    });
    expect(await client().send(get(url))).toMatchObject({ kind: 'response', response: { body: 'small' } });
    expect(await client().send(get(`${url}/bomb`))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('maxContentLength'),
    });
  });
});

describe('the fate of a request without an answer', () => {
  test('connection refused: not sent', async () => {
    const server = createServer();
    const url = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await client().send(get(url))).toMatchObject({
      kind: 'not_sent',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a name nobody knows: not sent', async () => {
    const outcome = await client().send(get('http://no-such-host.invalid/'));
    expect(outcome).toMatchObject({ kind: 'not_sent' });
  });

  test('TLS to a server that speaks none: not sent', async () => {
    const url = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await client().send(get(url.replace('http:', 'https:'), { method: 'POST', body: '{}' }))).toMatchObject({
      kind: 'not_sent',
    });
  });

  test('reset before an answer: unknown', async () => {
    const url = await serveRaw((socket) => socket.resetAndDestroy());
    expect(await client().send(get(url, { method: 'POST', body: '{}' }))).toMatchObject({ kind: 'unknown' });
  });

  test('closed without a word: unknown', async () => {
    const url = await serveRaw((socket) => socket.end());
    expect(await client().send(get(url))).toMatchObject({ kind: 'unknown' });
  });

  test('cut in the middle of the body: unknown, with a length or without', async () => {
    const withLength = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":'));
    expect(await client().send(get(withLength))).toMatchObject({ kind: 'unknown' });
    const chunked = await serveRaw((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"id":\r\n'),
    );
    expect(await client().send(get(chunked))).toMatchObject({ kind: 'unknown' });
  });

  test('hanging before the head and hanging in the body: unknown when the time is up', async () => {
    const silent = await serveRaw(() => {});
    expect(await client().send(get(silent, { timeoutMs: 100 }))).toEqual({
      kind: 'unknown',
      reason: 'no complete answer within 100 ms',
    });
    const stuck = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'));
    expect(await client().send(get(stuck, { timeoutMs: 100 }))).toEqual({
      kind: 'unknown',
      reason: 'no complete answer within 100 ms',
    });
  });

  test('a body that trickles does not stretch the time', async () => {
    const timers: NodeJS.Timeout[] = [];
    closers.push(() => timers.forEach((timer) => clearInterval(timer)));
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      timers.push(setInterval(() => socket.write('x'), 10));
    });
    expect(await client().send(get(url, { timeoutMs: 150 }))).toMatchObject({ kind: 'unknown' });
  });

  test('given up by the caller: unknown once it was sent, not sent before', async () => {
    const controller = new AbortController();
    const url = await serveRaw(() => controller.abort());
    expect(await client().send(get(url), controller.signal)).toMatchObject({ kind: 'unknown' });
    expect(await client().send(get(url), controller.signal)).toMatchObject({ kind: 'not_sent' });
  });

  test('an answer larger than allowed: unknown', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(1001)));
    expect(await client().send(get(url))).toMatchObject({ kind: 'unknown' });
  });

  test('a kept connection that breaks under the next request: unknown, though it never connected anew', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else response.end('ok');
    });
    const kept = client();
    expect(await kept.send(get(url))).toMatchObject({ kind: 'response' });
    expect(await kept.send(get(url, { method: 'POST', body: '{}' }))).toMatchObject({ kind: 'unknown' });
  });
});

describe('addresses that are nobody’s business', () => {
  const guarded = (): ReturnType<typeof createHttpClient> => client({ allowPrivateNetworks: false });

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::1]/',
    'http://[::]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[ff02::1]/',
  ])('%s is refused', async (url) => {
    expect(await guarded().send(get(url))).toMatchObject({ kind: 'not_sent', refused: true });
  });

  test('a name that leads there is refused when connecting, and nothing arrives', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await guarded().send(get(named))).toMatchObject({
      kind: 'not_sent',
      refused: true,
      reason: expect.stringMatching(
        /^localhost leads to (127\.0\.0\.1|::1), which is not a public address \(loopback\)$/,
      ),
    });
    expect(requests).toBe(0);
    expect(await client().send(get(named))).toMatchObject({ kind: 'response' });
  });

  test('proxies of the environment are not used: they would hide the address from the guard', async () => {
    const url = await serve((_request, response) => response.end('direct'));
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    closers.push(() => delete process.env['HTTP_PROXY']);
    expect(await client().send(get(url))).toMatchObject({ kind: 'response', response: { body: 'direct' } });
  });

  test('other schemes and unreadable URLs are not sent', async () => {
    expect(await guarded().send(get('file:///etc/passwd'))).toMatchObject({ kind: 'not_sent' });
    expect(await guarded().send(get('not a url'))).toMatchObject({ kind: 'not_sent' });
  });

  test('a header value with a line break is not sent', async () => {
    const url = await serve((_request, response) => response.end());
    const outcome = await client().send(get(url, { headers: { 'X-Name': 'a\r\nX-Admin: true' } }));
    expect(outcome).toMatchObject({ kind: 'not_sent', reason: expect.stringContaining('X-Name') });
  });
});
