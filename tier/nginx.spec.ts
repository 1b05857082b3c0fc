import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestPlain,
  type Server,
} from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ERRORS } from '../src/protocol/errors.js';
import { LIMITS } from '../src/protocol/limits.js';
import { freePort } from '../test/rig/free-port.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The real Nginx under docker/nginx on this machine, in front of two nodes that say what they were asked. */
describe('Nginx in front', () => {
  const seen: { node: number; url: string; headers: IncomingHttpHeaders }[] = [];
  const nodes: Server[] = [];
  let folder: string;
  let nginx: ChildProcess;
  let output = '';
  let port: number;
  let plainPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ashwire-nginx-'));
    chmodSync(folder, 0o755);
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const named = ['-subj', '/CN=test', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', [...made, ...named, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const web = makeWebClient();
    for (const index of [0, 1]) nodes.push(await startNode(index));
    port = await freePort();
    plainPort = await freePort();
    nginx = spawn(resolve('docker/nginx/start-nginx.sh'), {
      env: {
        PATH: `${process.env['PATH']}:/usr/sbin`,
        NGINX_DIRECTORY: join(folder, 'nginx'),
        NGINX_APPLICATION_NODES: nodes.map((node) => `127.0.0.1:${(node.address() as AddressInfo).port}`).join(' '),
        NGINX_PUBLIC_URL: 'https://chat.example',
        NGINX_CERTIFICATE_FILE: certificate,
        NGINX_KEY_FILE: key,
        NGINX_STATIC: web,
        NGINX_LOG: join(folder, 'access.log'),
        NGINX_HTTPS_PORT: String(port),
        NGINX_HTTP_PORT: String(plainPort),
        NGINX_HEALTH_PORT: String(await freePort()),
      },
    });
    nginx.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    for (const end = Date.now() + 10_000; Date.now() < end;) {
      if (await ask('/').catch(() => undefined)) return;
      if (nginx.exitCode !== null) break;
      await new Promise((wait) => setTimeout(wait, 50));
    }
    throw new Error(`Nginx (Debian package nginx) does not start: ${output}`);
  });

  afterAll(async () => {
    await end();
    for (const node of nodes) node.close().closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  it('tells a node exactly who is on the other end, whatever the client says of itself', async () => {
    const claims = { 'X-Forwarded-For': '6.6.6.6', Forwarded: 'for=6.6.6.6', 'X-Real-IP': '6.6.6.6' };
    await ask('/api/me', { headers: claims });
    expect(seen.at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(JSON.stringify(seen.at(-1)?.headers)).not.toContain('6.6.6.6');
  });

  it('hands over the API, health, documents and sockets, and serves the rest itself', async () => {
    for (const path of ['/api/me', '/health/ready', '/docs', '/docs/openapi.json', '/socket.io/?EIO=4']) {
      expect((await ask(path)).body).toBe(`node ${seen.at(-1)?.node}`);
      expect(seen.at(-1)?.url).toBe(path);
    }
    for (const path of ['/', '/chats/x_y-z', '/friends', '/friends/add', '/groups/new', '/wallet', '/settings?x=1']) {
      const page = await ask(path);
      expect([path, page.body]).toEqual([path, '<p>page</p>']);
      expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
      expect(page.headers['content-security-policy']).toContain("connect-src 'self' wss://chat.example;");
    }
    const script = await ask('/assets/a.js', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(script.headers).toMatchObject({
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-opener-policy': 'same-origin',
    });
    for (const path of ['/assets/b.js', '/assets/chats/x', '/.vite/manifest.json', '/chats', '/chats/x/y']) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
    expect((await ask('/apiary')).status).toBe(404);
  });

  it('opens WebSockets on both nodes in turn', async () => {
    const before = seen.length;
    const statuses = await Promise.all(Array.from({ length: 10 }, () => upgrade()));
    expect(statuses).toEqual(statuses.map(() => 101));
    const counts = [0, 1].map((index) => seen.slice(before).filter(({ node }) => node === index).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(3);
  });

  it('sends plain HTTP to the public address, not to the Host of the request', async () => {
    const answer = await new Promise<IncomingMessage>((give) =>
      requestPlain({ port: plainPort, path: '/x?y=1', headers: { Host: 'evil.example' } }, give).end(),
    );
    answer.resume();
    expect([answer.statusCode, answer.headers.location]).toEqual([301, 'https://chat.example/x?y=1']);
  });

  it('takes TLS 1.2 and 1.3 and nothing older', async () => {
    const versions = await Promise.all(
      (['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map((version) => handshake(version)),
    );
    expect(versions).toEqual(['refused', 'TLSv1.2', 'TLSv1.3']);
  });

  it('refuses what is too large before a node sees it, with our code', async () => {
    const before = seen.length;
    const answer = await ask('/api/me', { method: 'POST', body: 'x'.repeat(LIMITS.bodyBytes + 1) });
    expect(answer.status).toBe(413);
    expect(errorOf(answer)).toEqual({
      code: 'PAYLOAD_TOO_LARGE',
      message: ERRORS.PAYLOAD_TOO_LARGE.message,
      details: {},
    });
    expect(seen).toHaveLength(before);
    expect((await ask('/api/me', { method: 'POST', body: 'x'.repeat(LIMITS.bodyBytes) })).status).toBe(200);
    expect((await ask('/api/me', { headers: { 'X-Long': 'x'.repeat(40_000) } })).status).toBe(400);
  });

  it('goes on with one node when the other is gone, and says so in our words when both are', async () => {
    const [first, second] = nodes;
    await stop(first);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask('/api/me', { method: 'POST', body: '{}' })));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['node 1']));
    await stop(second);
    const refused = await ask('/api/me');
    expect(refused.status).toBe(503);
    const details = { retryAfterMs: 1_000 };
    expect(errorOf(refused)).toEqual({ code: 'UNAVAILABLE', message: ERRORS.UNAVAILABLE.message, details });
  });

  it('writes down neither addresses nor what follows the first word of a path', async () => {
    await ask('/api/invitations/secret-word?token=secret-token');
    const log = readFileSync(join(folder, 'access.log'), 'utf8');
    expect(log).toMatch(/GET api\/invitations 503/);
    expect(log).not.toMatch(/secret|[^,] 127\.0\.0\.1 |6\.6\.6\.6/);
  });

  it('stops an address that asks too often, with our code', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask('/health/live')));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(50);
    const details = { retryAfterMs: 1_000 };
    const expected = { code: 'RATE_LIMITED', message: ERRORS.RATE_LIMITED.message, details };
    expect(limited[0] && errorOf(limited[0])).toEqual(expected);
  });

  it('says nothing of clients on its error output either, to its end', async () => {
    await end();
    expect(output).not.toMatch(/secret|client:|request:/);
    expect(output).toBe('');
  });

  function makeWebClient(): string {
    const web = join(folder, 'web');
    mkdirSync(join(web, 'assets'), { recursive: true });
    mkdirSync(join(web, '.vite'));
    writeFileSync(join(web, 'index.html'), '<p>page</p>');
    writeFileSync(join(web, '.vite', 'manifest.json'), '{}');
    writeFileSync(join(web, 'assets', 'a.js'), 'code');
    writeFileSync(join(web, 'assets', 'a.js.gz'), gzipSync('code'));
    return web;
  }

  async function end(): Promise<void> {
    if (nginx.exitCode !== null) return;
    const closed = once(nginx, 'close');
    nginx.kill('SIGTERM');
    await closed;
  }

  async function startNode(index: number): Promise<Server> {
    const node = createServer((asked, answer) => {
      seen.push({ node: index, url: asked.url ?? '', headers: asked.headers });
      asked.resume().on('end', () => answer.end(`node ${index}`));
    });
    node.on('upgrade', (asked, socket) => {
      seen.push({ node: index, url: asked.url ?? '', headers: asked.headers });
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    await new Promise<void>((listening) => node.listen(0, '127.0.0.1', listening));
    return node;
  }

  async function stop(node: Server | undefined): Promise<void> {
    const closed = new Promise((done) => node?.close(done));
    node?.closeAllConnections();
    await closed;
  }

  function ask(path: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<Answer> {
    const options = { port, path, method, headers, agent: false, ca: readFileSync(join(folder, 'certificate.pem')) };
    return new Promise((give, fail) => {
      const asked = request({ host: 'localhost', ...options }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => give({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      });
      asked.on('error', fail);
      asked.end(body);
    });
  }

  function upgrade(): Promise<number> {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    const options = { port, path: '/socket.io/', headers, agent: false, rejectUnauthorized: false };
    return new Promise((give, fail) => {
      const asked = request({ host: 'localhost', ...options }, (answer) => give(answer.statusCode ?? 0));
      asked.on('upgrade', (answer, socket) => {
        socket.destroy();
        give(answer.statusCode ?? 0);
      });
      asked.on('error', fail).end();
    });
  }

  function handshake(version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    return new Promise((give) => {
      const socket = connect({ host: 'localhost', port, rejectUnauthorized: false, ...versions }, () => {
        give(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.on('error', () => give('refused'));
    });
  }

  const errorOf = ({ body }: Answer): unknown => (JSON.parse(body) as { error: unknown }).error;
});
