import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { eventually, leave, type Person, receive, registerPerson } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

// Inside of the package, so that it finds `ashwire/sdk` as whoever installs it does.
const EXAMPLE = 'dist/readme-example.mjs';

describe('the example in the README', () => {
  let server: RunningServer;
  let dave: Person;
  let example: ChildProcess;
  let output = '';

  beforeAll(async () => {
    server = await startServer();
    dave = await registerPerson(server.url);
    const [, code = ''] = /```ts\n([^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    writeFileSync(EXAMPLE, code.replace('http://localhost:3000', server.url));
    example = spawn(process.execPath, [EXAMPLE]);
    example.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    example.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  });

  afterAll(async () => {
    example.kill();
    rmSync(EXAMPLE, { force: true });
    await leave(dave);
    await server.close();
  });

  it('registers, invites, answers and burns', async () => {
    await eventually(() => /Invite a friend: \S+/.test(output));
    expect(output).toMatch(/Write these down: (\w+ ){23}\w+\n/);
    const [, link = ''] = /Invite a friend: (\S+)/.exec(output) ?? [];
    const { conversationId } = await dave.client.friends.redeemInvitation(link);
    const { id } = await dave.client.conversation(conversationId).send('hello carol');
    await receive(dave, conversationId, 'You wrote 11 characters. They are burning now.');
    await eventually(() => dave.states.get(id) === 'read');
  });
});
