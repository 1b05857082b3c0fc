import { type Challenge, type DeriveKeyFunction, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import { AshwireError } from '../ashwire-error.js';
import { aCount, aText, fields } from '../transport/shape.js';

export interface ProofOfWorkProgress {
  readonly tries: number;
}

const CHALLENGE = fields({
  parameters: fields({
    algorithm: aText,
    nonce: aText,
    salt: aText,
    cost: aCount,
    keyLength: aCount,
    keyPrefix: aText,
  }),
  signature: aText,
});
const LIMIT = { cost: 200_000, keyLength: 64, prefixCharacters: 128, timeMs: 300_000 };
const REPORT_EVERY = 16;

/**
 * Solves an ALTCHA v2 challenge (PBKDF2/SHA-256 by WebCrypto, so off this thread) and returns the payload to send.
 * @throws AshwireError PROOF_OF_WORK_FAILED, also when the server asks for more than a person would wait for.
 */
export async function solveProofOfWork(
  challenge: unknown,
  onProgress: (progress: ProofOfWorkProgress) => void = () => undefined,
): Promise<string> {
  if (!isReasonable(challenge)) throw new AshwireError('PROOF_OF_WORK_FAILED');
  let tries = 0;
  const counted: DeriveKeyFunction = async (parameters, salt, password) => {
    const derived = await deriveKey(parameters, salt, password);
    tries += 1;
    if (tries % REPORT_EVERY === 0) {
      onProgress({ tries });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return derived;
  };
  const solution = await solveChallenge({ challenge, deriveKey: counted, timeout: LIMIT.timeMs });
  if (!solution) throw new AshwireError('PROOF_OF_WORK_FAILED');
  onProgress({ tries });
  const { codeChallenge: _, ...signed } = challenge;
  return btoa(JSON.stringify({ challenge: signed, solution }));
}

function isReasonable(challenge: unknown): challenge is Challenge {
  if (!CHALLENGE(challenge)) return false;
  const { algorithm, cost, keyLength, keyPrefix } = (challenge as Challenge).parameters;
  return (
    algorithm === 'PBKDF2/SHA-256' &&
    cost <= LIMIT.cost &&
    keyLength >= 1 &&
    keyLength <= LIMIT.keyLength &&
    /^[0-9a-fA-F]+$/.test(keyPrefix) &&
    keyPrefix.length <= LIMIT.prefixCharacters
  );
}
