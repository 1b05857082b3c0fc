import { describe, expect, it } from '@jest/globals';
import { AshwireError, type AshwireErrorCode } from '../../../../sdk/ashwire-error.js';
import { fundingFailure } from './funding-failure.js';

describe('fundingFailure', () => {
  it('tells a withdrawal that the server goes on with from one that never began', () => {
    expect(fundingFailure(new AshwireError('PROVIDER_UNAVAILABLE', { state: 'pending' }))).toBe('reserved');
    expect(fundingFailure(new AshwireError('PROVIDER_UNAVAILABLE'))).toBe('refused');
  });

  it.each<AshwireErrorCode>(['OFFLINE', 'TIMEOUT', 'UNAVAILABLE', 'INTERNAL', 'BAD_ANSWER'])(
    'does not say that nothing was moved after %s',
    (code) => {
      expect(fundingFailure(new AshwireError(code))).toBe('unanswered');
    },
  );

  it.each<AshwireErrorCode>(['INSUFFICIENT_FUNDS', 'PAYMENT_LIMIT', 'RATE_LIMITED', 'BAD_REQUEST'])(
    'knows that %s has moved nothing',
    (code) => {
      expect(fundingFailure(new AshwireError(code))).toBe('refused');
    },
  );
});
