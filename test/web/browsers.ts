import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface BrowserOptions {
  /** Connections to the first `host:port` go to the second instead, as if the network led there; the page keeps its address. */
  readonly reaching?: readonly [string, string];
  /** A video that is its camera (camera.ts), which pages may use without asking. Read anew whenever the camera starts. */
  readonly camera?: string;
}

/** Debian's Chromium. */
export async function openBrowser({ reaching, camera }: BrowserOptions = {}): Promise<Browser> {
  const executablePath = CHROMIUM.find((file) => existsSync(file));
  if (!executablePath) throw new Error('There is no Chromium (Debian package chromium): node scripts/servers.mjs');
  const network = reaching ? [`--host-resolver-rules=MAP ${reaching.join(' ')}`] : [];
  const asCamera = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  const cameras = camera ? [...asCamera, `--use-file-for-fake-video-capture=${camera}`] : [];
  return chromium.launch({ executablePath, args: [...network, ...cameras] });
}
