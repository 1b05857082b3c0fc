import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Debian's Chromium. `reaching`: connections to the first `host:port` go to the second instead, as if the network led there; the
 * page keeps its address.
 */
export async function openBrowser(reaching?: readonly [string, string]): Promise<Browser> {
  const executablePath = CHROMIUM.find((file) => existsSync(file));
  if (!executablePath) throw new Error('There is no Chromium (Debian package chromium): node scripts/servers.mjs');
  const args = reaching ? [`--host-resolver-rules=MAP ${reaching.join(' ')}`] : [];
  return chromium.launch({ executablePath, args });
}
