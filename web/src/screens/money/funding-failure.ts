import type { AshwireError } from '../../../../sdk/index.js';

/** After these it is not known whether the server took it. */
const UNANSWERED: readonly string[] = [
  'OFFLINE',
  'TIMEOUT',
  'UNAVAILABLE',
  'INTERNAL',
  'BAD_ANSWER',
  'ANSWER_TOO_LARGE',
];

/**
 * What a failed top-up or withdrawal leaves behind. `reserved`: the server goes on with it by itself.
 * `unanswered`: it may have happened, and trying again may make it happen twice.
 */
export type FundingFailure = 'reserved' | 'unanswered' | 'refused';

export function fundingFailure({ code, details }: Pick<AshwireError, 'code' | 'details'>): FundingFailure {
  if (code === 'PROVIDER_UNAVAILABLE' && details['state'] === 'pending') return 'reserved';
  return UNANSWERED.includes(code) ? 'unanswered' : 'refused';
}
