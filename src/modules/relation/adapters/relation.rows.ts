import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** MySQL's driver gives bigint columns as text. */
const milliseconds: ValueTransformer = { to: (value: unknown) => value, from: Number };

@Entity('friendship')
export class FriendshipRow {
  /** The conversation's id too. */
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { name: 'user_low', length: 22 }) userLow!: string;
  @Column('varchar', { name: 'user_high', length: 22 }) userHigh!: string;
  @Column('bigint', { transformer: milliseconds }) since!: number;
}

/** How many friends a user has, and the row that a transaction locks to decide anything about that user's relations. */
@Entity('friend_counter')
export class FriendCounterRow {
  @PrimaryColumn('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('integer') friends!: number;
}

@Entity('friend_request')
export class FriendRequestRow {
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { name: 'requester_id', length: 22 }) requesterId!: string;
  @Column('varchar', { length: 32 }) username!: string;
  /** Null for a ghost. */
  @Column('varchar', { name: 'recipient_id', length: 22, nullable: true }) recipientId!: string | null;
  @Column('bigint', { name: 'created_at', transformer: milliseconds }) createdAt!: number;
}

@Entity('friend_invitation')
export class FriendInvitationRow {
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { name: 'owner_id', length: 22 }) ownerId!: string;
  @Column('varchar', { name: 'code_hash', length: 43 }) codeHash!: string;
  @Column('bigint', { name: 'expires_at', transformer: milliseconds }) expiresAt!: number;
}

@Entity('user_block')
export class UserBlockRow {
  @PrimaryColumn('varchar', { name: 'blocker_id', length: 22 }) blockerId!: string;
  @PrimaryColumn('varchar', { name: 'blocked_id', length: 22 }) blockedId!: string;
  @Column('bigint', { name: 'created_at', transformer: milliseconds }) createdAt!: number;
}
