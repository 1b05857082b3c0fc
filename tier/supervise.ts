import type { Tier } from './tier.js';

const LOOK_EVERY_MS = 200;

/** As a service manager does: starts again what has ended, unless it was held. Never returns. */
export async function supervise(tier: Tier): Promise<never> {
  const missingSince = new Map<string, number>();
  const patienceMs = tier.layout.options.restartAfterMs ?? 0;
  for (;;) {
    for (const { name, pid } of tier.processes) {
      if (pid !== undefined || tier.isHeld(name)) missingSince.delete(name);
      else if (!missingSince.has(name)) missingSince.set(name, performance.now());
      if (performance.now() - (missingSince.get(name) ?? Infinity) >= patienceMs) {
        process.stdout.write(`${new Date().toISOString()} ${name} has ended and is started again\n`);
        tier.start(name);
        missingSince.delete(name);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
