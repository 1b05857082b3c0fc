import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Profile } from '../src/config/config.schema.js';
import { merge } from '../src/config/deep-partial.js';
import { PACKAGE_ROOT } from '../src/config/package-root.js';
import { createSecretFile } from '../src/config/secret-file.js';
import type { Layout } from './layout.js';

const VALID_DAYS = 365;
const RENEW_BEFORE_MS = 30 * 24 * 60 * 60_000;

const randomKey = (): string => randomBytes(32).toString('base64url');
const signingKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** By the names of their files; those of mysql/ are read by docker/mysql. */
const SECRETS: Readonly<Record<string, () => string>> = {
  'access-token-key': signingKey,
  'proof-of-work-key': randomKey,
  'blinding-key': randomKey,
  'redis-password': randomKey,
  ...Object.fromEntries(
    ['app', 'replication', 'backup', 'restore', 'monitor'].map((user) => [`mysql/${user}`, randomKey]),
  ),
};

/** Makes what the processes read and nobody typed: secrets, certificate, the profile. Secrets that are there stay. */
export function provision(layout: Layout): void {
  mkdirSync(layout.directory, { recursive: true, mode: 0o700 });
  for (const [name, make] of Object.entries(SECRETS)) {
    if (!existsSync(layout.secretFile(name))) createSecretFile(layout.secretFile(name), make());
  }
  if (!isUsable(layout)) makeCertificate(layout);
  writeProfile(layout);
}

/** The web client to where Nginx reads it, which cannot look into every clone. */
export function copyPage({ pageDirectory }: Layout): void {
  rmSync(pageDirectory, { recursive: true, force: true });
  cpSync(join(PACKAGE_ROOT, 'dist', 'web'), pageDirectory, { recursive: true });
  execFileSync('chmod', ['-R', 'a+rX', pageDirectory]);
}

/** The one of config/ with the overrides; the names of hosts in it are those of the tier. */
function writeProfile(layout: Layout): void {
  const profile = parse(readFileSync(join(PACKAGE_ROOT, 'config', '100k.yaml'), 'utf8')) as Profile;
  const nodes = layout.apps.length;
  mkdirSync(layout.file('config'), { recursive: true });
  const changed = merge(merge(profile, { nodes }), layout.options.overrides);
  writeFileSync(layout.file('config', '100k.yaml'), stringify(changed));
}

const certifiedAddresses = (layout: Layout): string[] => [
  layout.frontAddress,
  ...layout.machines.map((machine) => layout.addressOf(machine)),
  '127.0.0.1',
];

function isUsable(layout: Layout): boolean {
  if (!existsSync(layout.certificateFile) || !existsSync(layout.keyFile)) return false;
  const certificate = new X509Certificate(readFileSync(layout.certificateFile));
  return (
    Date.parse(certificate.validTo) - Date.now() > RENEW_BEFORE_MS &&
    certifiedAddresses(layout).every((address) => certificate.checkIP(address) !== undefined)
  );
}

/** For trying out: who is to trust it must be told to. */
function makeCertificate(layout: Layout): void {
  mkdirSync(dirname(layout.keyFile), { recursive: true, mode: 0o700 });
  const names = ['DNS:localhost', ...certifiedAddresses(layout).map((address) => `IP:${address}`)];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const content = ['-subj', '/CN=Ashwire for trying out', '-days', String(VALID_DAYS)];
  const files = ['-keyout', layout.keyFile, '-out', layout.certificateFile];
  const extensions = ['-addext', `subjectAltName=${names.join(',')}`, '-addext', 'extendedKeyUsage=serverAuth'];
  execFileSync('openssl', [...request, ...content, ...extensions, ...files], { stdio: ['ignore', 'ignore', 'pipe'] });
}
