import type { AshwireConfig } from '../../config/config.schema.js';

/** What the web client's page and its files are allowed. docker/nginx/static-headers.conf says the same. */
export function pageHeaders(config: AshwireConfig): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(webSocketAddresses(config)),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

/** Nothing inline and nothing from elsewhere. Scripts are addressed by the policy of web/src/client/trusted.ts; Vue has one of its own. */
export const contentSecurityPolicy = (webSockets: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // Browsers differ in whether 'self' is also its sockets.
    `connect-src ${["'self'", ...webSockets].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    'media-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types ashwire vue',
  ].join('; ');

function webSocketAddresses({ http: { publicUrl, port } }: AshwireConfig): string[] {
  if (publicUrl) return [new URL(publicUrl).origin.replace(/^http/, 'ws')];
  return ['localhost', '127.0.0.1'].map((host) => `ws://${host}:${port}`);
}
