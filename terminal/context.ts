import type { AshwireClient } from '../sdk/index.js';
import type { People } from './people.js';
import type { Screen } from './screen.port.js';

/** What every part of the terminal works with. */
export interface Context {
  readonly client: AshwireClient;
  readonly screen: Screen;
  readonly people: People;
}

/** For work that nobody waits for: a failure is shown. */
export function inBackground({ screen }: Context, work: Promise<unknown>): void {
  work.catch((error: unknown) => screen.notice(error instanceof Error ? error.message : String(error)));
}
