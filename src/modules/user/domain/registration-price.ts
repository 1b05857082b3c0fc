import type { AshwireConfig } from '../../../config/config.schema.js';

/** Expected tries of the solver. Doubles with every `doublesEvery` accounts of the last hour, up to a limit. */
export function registrationPrice(
  terms: AshwireConfig['registration']['proofOfWork'],
  registrationsOfLastHour: number,
): number {
  const tries = terms.baseTries * 2 ** (registrationsOfLastHour / terms.doublesEvery);
  return Math.round(Math.min(tries, terms.maxTries));
}
