import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { AppModule } from './app.module.js';
import { loadConfig } from './config/load-config.js';
import { UserAdministration } from './modules/user/index.js';

const USAGE = `npm run operator -- invite               an invitation to register, good for seven days
npm run operator -- grant-admin NAME     makes NAME an admin
Add --tier NAME for another tier than embedded.`;

/** What an operator does on the server itself: the first invitation and the first admin have to come from somewhere. */
async function run(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { tier: { type: 'string' } } });
  const [command, name] = positionals;
  const work = workOf(command, name);
  if (!work) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 1;
    return;
  }
  const config = loadConfig({ mustBeBuilt: true, ...(values.tier !== undefined && { tier: values.tier }) });
  const context = await NestFactory.createApplicationContext(AppModule.for(config), {
    logger: ['error'],
    abortOnError: false,
  });
  try {
    process.stdout.write(`${await work(context.get(UserAdministration, { strict: false }))}\n`);
  } finally {
    await context.close();
  }
}

function workOf(
  command?: string,
  name?: string,
): ((administration: UserAdministration) => Promise<string>) | undefined {
  if (command === 'invite') return async (administration) => (await administration.createRegistrationInvitation()).code;
  if (command !== 'grant-admin' || name === undefined) return undefined;
  return async (administration) => {
    await administration.grantAdmin(name);
    return `${name} is an admin from the next login on.`;
  };
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
