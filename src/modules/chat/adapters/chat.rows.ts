import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { HandshakeKind } from '../../../protocol/payloads/chat.payloads.js';

const milliseconds = { from: Number, to: (value: number) => value };
const commaSeparated = { from: (value: string) => value.split(','), to: (value: string[]) => value.join() };

@Entity('conversation')
export class ConversationRow {
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('int') epoch!: number;
  @Column('boolean', { name: 'is_changing' }) isChanging!: boolean;
}

@Entity('conversation_member')
export class ConversationMemberRow {
  @PrimaryColumn('varchar', { name: 'conversation_id', length: 22 }) conversationId!: string;
  @PrimaryColumn('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('int', { name: 'burn_after_read_seconds', nullable: true }) burnAfterReadSeconds!: number | null;
  @Column('int', { name: 'applied_epoch' }) appliedEpoch!: number;
  /** The first handshake that is for this member. */
  @Column('int', { name: 'joined_epoch' }) joinedEpoch!: number;
}

@Entity('handshake')
export class HandshakeRow {
  @PrimaryColumn('varchar', { name: 'conversation_id', length: 22 }) conversationId!: string;
  @PrimaryColumn('int') epoch!: number;
  @Column('varchar') kind!: HandshakeKind;
  @Column('varchar', { name: 'sender_id' }) senderId!: string;
  @Column('varchar', { name: 'sender_device_id', nullable: true }) senderDeviceId!: string | null;
  @Column('varchar', { transformer: commaSeparated }) members!: string[];
  @Column('text', { name: 'commit_message', nullable: true }) commit!: string | null;
  @Column('text', { name: 'welcome_message', nullable: true }) welcome!: string | null;
  @Column('varchar', { name: 'sealed_name', nullable: true }) sealedName!: string | null;
  @Column('bigint', { name: 'accepted_at', transformer: milliseconds }) acceptedAt!: number;
}

/** The devices that a handshake's welcome is for. */
@Entity('handshake_welcome')
export class HandshakeWelcomeRow {
  @PrimaryColumn('varchar', { name: 'conversation_id', length: 22 }) conversationId!: string;
  @PrimaryColumn('int') epoch!: number;
  @PrimaryColumn('varchar', { name: 'device_id', length: 22 }) deviceId!: string;
}
