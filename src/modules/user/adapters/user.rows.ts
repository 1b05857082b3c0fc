import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';
import type { AvatarColour, Role } from '../../../protocol/payloads/user.payloads.js';
import type { SessionEnd } from '../ports/session.store.port.js';

/** Integers up to 2^53: some drivers return bigint columns as text. */
const integer: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null ? null : Number(value)),
};

@Entity('user_account')
export class AccountRow {
  @PrimaryColumn('varchar') userId!: string;
  @Column('varchar') username!: string;
  @Column('varchar') role!: Role;
  @Column('varchar') displayName!: string;
  @Column('varchar') avatarColour!: AvatarColour;
  @Column('varchar') identityKey!: string;
  @Column('int') keyVersion!: number;
  @Column('boolean') sharePresence!: boolean;
  @Column('boolean') shareTyping!: boolean;
  @Column('boolean') shareRead!: boolean;
  @Column('int') burnAfterReadSeconds!: number;
  @Column('bigint', { transformer: integer }) createdAt!: number;
  /** Joined by the queries of the account store; not a column. */
  device?: DeviceRow;
}

@Entity('user_device')
export class DeviceRow {
  @PrimaryColumn('varchar') deviceId!: string;
  @Column('varchar') userId!: string;
  /** The user id while this is the active device, else null. Unique: that is what keeps a user at one active device. */
  @Column('varchar', { nullable: true }) activeOf!: string | null;
  @Column('varchar') leafKey!: string;
  @Column('bigint', { transformer: integer }) createdAt!: number;
  @Column('varchar') signature!: string;
  @Column('bigint', { transformer: integer }) lastSeenAt!: number;
  @Column('bigint', { nullable: true, transformer: integer }) revokedAt!: number | null;
}

@Entity('user_key_history')
export class KeyHistoryRow {
  @PrimaryColumn('varchar') userId!: string;
  @PrimaryColumn('int') version!: number;
  @Column('varchar') identityKey!: string;
  @Column('bigint', { transformer: integer }) createdAt!: number;
  @Column('varchar') previousHash!: string;
  @Column('varchar') hash!: string;
  @Column('varchar') signature!: string;
}

@Entity('user_session')
export class SessionRow {
  @PrimaryColumn('varchar') sessionId!: string;
  @Column('varchar') userId!: string;
  @Column('varchar') deviceId!: string;
  @Column('varchar') refreshHash!: string;
  @Column('bigint', { transformer: integer }) createdAt!: number;
  @Column('bigint', { transformer: integer }) lastUsedAt!: number;
  @Column('bigint', { transformer: integer }) expiresAt!: number;
  @Column('varchar', { nullable: true }) ended!: SessionEnd | null;
}

@Entity('user_key_package')
export class KeyPackageRow {
  /** SHA-256 of the package: no package is stored twice. */
  @PrimaryColumn('varchar') hash!: string;
  @Column('varchar') userId!: string;
  @Column('varchar') deviceId!: string;
  /** Empty once it was given out; the row stays, so that it cannot be uploaded again. */
  @Column('text') keyPackage!: string;
  @Column('varchar') state!: 'one-time' | 'last-resort' | 'claimed';
  @Column('bigint', { transformer: integer }) uploadedAt!: number;
  @Column('bigint', { transformer: integer }) notAfter!: number;
}

@Entity('user_registration_invitation')
export class RegistrationInvitationRow {
  @PrimaryColumn('varchar') codeHash!: string;
  @Column('bigint', { transformer: integer }) expiresAt!: number;
}

/** Every table that holds something of a user: deleting an account empties them all of it. */
export const ROWS_OF_A_USER = [AccountRow, DeviceRow, KeyHistoryRow, SessionRow, KeyPackageRow] as const;
