import { setTimeout as wait } from 'node:timers/promises';
import type { Tier } from '../../../tier/tier.js';

const WITHIN_MS = 15_000;

/** The names of the processes that begin so and have the role now. */
export async function processesAs(tier: Tier, prefix: string, role: string): Promise<string[]> {
  const names = tier.processes.map(({ name }) => name).filter((name) => name.startsWith(`${prefix}-`));
  const healths = await Promise.all(names.map((name) => tier.healthOf(name)));
  return names.filter((_, index) => healths[index]?.role === role);
}

/** Waits for it: between two failovers there may be none. */
export async function processAs(tier: Tier, prefix: string, role: string, except = ''): Promise<string> {
  for (const giveUpAt = Date.now() + WITHIN_MS; Date.now() < giveUpAt; await wait(100)) {
    const found = (await processesAs(tier, prefix, role)).find((name) => name !== except);
    if (found !== undefined) return found;
  }
  throw new Error(`no ${prefix} became ${role} within ${WITHIN_MS} ms`);
}

export function machineOf(tier: Tier, name: string): number {
  const found = tier.processes.find((process) => process.name === name);
  if (!found) throw new Error(`there is no process ${name}`);
  return found.machine;
}
