import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess } from '../../rig/server-process.js';
import { Canary, type Pair, pairOf, part } from './canary.js';
import { exchange, jsonRequest, openSocket, requestText } from './raw-http.js';
import { RawWebSocket } from './raw-web-socket.js';

/** In every hostile input of this file, and so in nothing that the server writes. */
const MARK = 'xyzzymark';

describe('what the server writes about bad input', () => {
  let server: ServerProcess;
  let canary: Canary;
  let pair: Pair;
  beforeAll(async () => {
    server = await ServerProcess.start({ logLevel: 'debug' });
    canary = await Canary.start(server.url);
    pair = await pairOf(server.url);
  });
  afterAll(async () => {
    part(pair);
    canary.stop();
    await server.close();
  });

  it('nothing of it, no stack and no error, after all kinds', async () => {
    const login = () => RawWebSocket.login(server.port, pair.one.tokens.accessToken);
    const authorization = `Authorization: Bearer ${pair.one.tokens.accessToken}`;
    const requests = [
      jsonRequest('POST /api/auth/challenges', `{"username":"${MARK}`),
      jsonRequest('POST /api/auth/challenges', `{"${MARK}":1,"username":"${MARK}","purpose":"login"}`),
      jsonRequest('PATCH /api/me/profile', `{"displayName":"${MARK}\\u0000"}`, [authorization]),
      jsonRequest('POST /api/groups', `{"clientGroupId":"${MARK}","members":["${MARK}"]}`, [authorization]),
      jsonRequest('POST /api/payments/orders', `{"amount":"${MARK}"}`, [authorization]),
      jsonRequest('POST /api/payments/withdrawals', `{"destination":"${MARK}\\u0000"}`, [authorization]),
      jsonRequest('POST /api/payments/callbacks', `{"reference":"${MARK}"}`, [`webhook-signature: v1,${MARK}`]),
      requestText(`GET /api/payments/statement?cursor=${MARK}`, [authorization, 'Connection: close']),
      requestText(`GET /api/payments/orders/${MARK}`, [authorization, 'Connection: close']),
      jsonRequest('POST /api/auth/refresh', `{"refreshToken":"${MARK}"}`),
      requestText('GET /api/me', [`Authorization: Bearer ${MARK}`, 'Connection: close']),
      requestText(`GET /api/${MARK}/%`, ['Connection: close']),
      requestText(`GET /${MARK}`, [`${MARK}`, 'Transfer-Encoding: chunked', 'Content-Length: 1']),
      requestText(`${MARK} /api/me`),
      requestText('GET /health/live', [`X: ${MARK.repeat(10_000)}`]),
    ];
    for (const request of requests) await exchange(server.port, request, 100);
    const broken = await openSocket(server.port);
    broken.write(
      requestText('POST /api/auth/challenges', ['Content-Type: application/json', 'Content-Length: 99'], MARK),
    );
    broken.destroy();
    const packets = [
      `420["${MARK}",{}]`,
      `421["message:send",{"ciphertext":"${MARK}"}]`,
      `42["message:send","${MARK}"]`,
      `421["handshake:submit",{"commit":"${MARK}","change":{"add":["${MARK}"]},"sealedName":"${MARK}"}]`,
      `420["connect","${MARK}"]`,
      `451-["${MARK}",{"_placeholder":true,"num":0}]`,
      `40/${MARK},{}`,
      `4${MARK}`,
      `42/${MARK},0["x"]`,
    ];
    for (const packet of packets) {
      const raw = await login();
      raw.say(packet);
      raw.frame(Buffer.from(MARK), { rsv: 7 });
      await raw.isClosed();
    }
    const stranger = await RawWebSocket.open(server.port, { origin: `https://${MARK}.example` });
    stranger.destroy();
    const refused = await RawWebSocket.open(server.port);
    refused.say(`40{"token":"${MARK}"}`);
    await refused.isClosed();
    await canary.lives();
    expect(server.output).not.toContain(MARK);
    expect(server.output).not.toMatch(/\n\s+at |"level":"(?:error|warn)"|Missing error handler|Unhandled|\(node:\d+\)/);
    expect(server.output).not.toContain(pair.one.tokens.accessToken);
  });
});
