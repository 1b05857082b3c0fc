import { AshwireError } from '../ashwire-error.js';

/**
 * Signatures name the server they are for. A server that hands on another one's challenge would log in there as this user,
 * so nothing is signed for a server other than the one this client was told to talk to. This machine has several names.
 */
export function requireSameServer(named: string, server: string): void {
  if (isSameServer(named, server)) return;
  const message = `The server calls itself "${named.slice(0, 100)}" and was reached as ${server}. Use the address it calls itself, or set its public URL.`;
  throw new AshwireError('BAD_ANSWER', {}, { message });
}

function isSameServer(named: string, server: string): boolean {
  if (!URL.canParse(named)) return false;
  const [one, other] = [new URL(named), new URL(server)];
  return one.origin === other.origin || (isThisMachine(one.hostname) && isThisMachine(other.hostname));
}

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
