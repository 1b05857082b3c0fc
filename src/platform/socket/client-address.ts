import type { IncomingMessage } from 'node:http';

/**
 * The address of the client behind exactly `trustedHops` proxies of ours: each appends the address it was called from, so the
 * one that counts is that many places from the right. What stands further left is the client's own invention.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): string {
  const direct = request.socket.remoteAddress ?? '';
  if (trustedHops === 0) return direct;
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  return forwarded.map((address) => address.trim()).at(-trustedHops) || direct;
}
