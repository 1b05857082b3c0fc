import type { KeyPackageCount } from '../../../protocol/payloads/user.payloads.js';
import type { DeviceCertificate } from '../../../protocol/signing.js';
import type { CheckedKeyPackage } from '../domain/key-package.js';

export interface KeyPackageUpload {
  /** As it was when the packages were checked against it. */
  readonly device: DeviceCertificate;
  readonly keyPackages: readonly CheckedKeyPackage[];
  readonly lastResort?: CheckedKeyPackage;
  readonly now: number;
}

export interface Claim {
  readonly deviceId: string;
  readonly keyPackage: string;
  readonly lastResort: boolean;
  /** How many one-time packages are left. */
  readonly available: number;
}

/** The key packages of active devices. Every verb is atomic. Expired packages are neither counted nor given out. */
export abstract class KeyPackageStore {
  /**
   * Stores all of an upload or nothing; its last-resort package replaces the one before. Throws KEY_PACKAGE_LIMIT when there
   * would be more than the cap, KEY_PACKAGE_INVALID for one that was uploaded before (given out or not), DEVICE_REPLACED when
   * the device is no longer the active one or has another certificate by now.
   */
  abstract add(upload: KeyPackageUpload): Promise<void>;
  /** Gives each one-time package out once, oldest first, however many claim at once; then the last-resort one; then null. */
  abstract claim(userId: string, now: number): Promise<Claim | null>;
  abstract count(userId: string, now: number): Promise<KeyPackageCount>;
}
