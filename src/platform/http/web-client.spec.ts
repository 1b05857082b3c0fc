import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { loadConfig } from '../../config/load-config.js';
import { contentSecurityPolicy } from './page-headers.js';
import { PAGE_ADDRESSES, serveWebClient } from './web-client.js';

@Module({})
class Empty {}

describe('the web client as the application serves it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashwire-web-'));
  const config = loadConfig({
    tier: 'embedded',
    environment: { ASHWIRE_DATA_DIR: join(folder, 'data'), PORT: '3123' },
  });
  const files = { 'index.html': '<p>page</p>', 'sw.js': 'shell', 'assets/a-1.js': 'code'.repeat(100) };
  let application: NestFastifyApplication;

  /** The answer as it came. */
  async function ask(path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') {
    const { port } = application.getHttpServer().address() as AddressInfo;
    const asked = request({ port, path, headers, method }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const rawPayload = await buffer(response);
    return { statusCode: response.statusCode, headers: response.headers, rawPayload, body: rawPayload.toString() };
  }

  beforeAll(async () => {
    mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
    mkdirSync(join(folder, 'web', '.vite'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'web', name), text);
    writeFileSync(join(folder, 'web', 'assets', 'a-1.js.gz'), gzipSync(files['assets/a-1.js']));
    writeFileSync(join(folder, 'web', '.vite', 'manifest.json'), '{}');
    application = await NestFactory.create<NestFastifyApplication>(Empty, new FastifyAdapter(), { logger: false });
    serveWebClient(application, config, join(folder, 'web'));
    await application.listen(0);
  });
  afterAll(async () => {
    await application.close();
    rmSync(folder, { recursive: true });
  });

  it('gives the page at every address of the router, never from a cache without asking', async () => {
    for (const address of PAGE_ADDRESSES) {
      const { statusCode, body, headers } = await ask(address.replace(/:\w+/, 'x'.repeat(22)));
      expect([address, statusCode, body]).toEqual([address, 200, files['index.html']]);
      expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' });
    }
  });

  it('knows the addresses of the router, and no other', async () => {
    const routed = readFileSync('web/src/router.ts', 'utf8').matchAll(/path: '(\/[^'(]*)'/g);
    expect([...routed].map(([, path]) => path)).toEqual(PAGE_ADDRESSES);
    const nowhere = [
      '/assets/',
      '/assets/b.js',
      '/assets/../index.htm',
      '/.vite/manifest.json',
      '/assets/a-1.js.gz',
      '/web',
    ];
    for (const path of nowhere) expect([path, (await ask(path)).statusCode]).toEqual([path, 404]);
  });

  it('lets files whose name tells their content stay with the browser, compressed if it likes', async () => {
    const plain = await ask('/assets/a-1.js');
    expect(plain.body).toBe(files['assets/a-1.js']);
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'Accept-Encoding',
    });
    const compressed = await ask('/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(compressed.rawPayload).toEqual(gzipSync(files['assets/a-1.js']));
    const worker = await ask('/sw.js');
    expect(worker.headers['cache-control']).toBe('no-cache');
    const again = await ask('/sw.js', { 'if-none-match': worker.headers.etag ?? '' });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const head = await ask('/sw.js', {}, 'HEAD');
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '5']);
  });

  it('takes no script, style or connection from elsewhere, and Nginx says the same', async () => {
    const { headers } = await ask('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self' ws://localhost:3123 ws://127.0.0.1:3123;");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types ashwire vue");
    expect(policy).not.toMatch(/unsafe|https?:/);
    const nginx = readFileSync('docker/nginx/static-headers.conf', 'utf8');
    expect(nginx).toContain(`"${contentSecurityPolicy(['@WEB_SOCKETS@'])}"`);
    const named = [...nginx.matchAll(/^add_header ([\w-]+) (?:'([^']*)'|([^";]+));/gm)];
    const same = Object.fromEntries(named.map(([, name = '', quoted, plain]) => [name.toLowerCase(), quoted ?? plain]));
    const { 'strict-transport-security': _, ...shared } = same;
    expect(Object.keys(shared)).toHaveLength(6);
    expect(headers).toMatchObject(shared);
  });

  it('says what to do when it is not built, and serves nothing where a proxy does', () => {
    const missing = join(folder, 'nowhere');
    expect(() => serveWebClient(application, config, missing)).toThrow('npm run build');
    const behind = { ...config, http: { ...config.http, webClient: false } };
    expect(() => serveWebClient(application, behind, missing)).not.toThrow();
  });
});
