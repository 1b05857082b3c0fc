import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';

/** MySQL's driver gives bigint columns as text. */
const milliseconds: ValueTransformer = { to: (value: unknown) => value, from: Number };

@Entity('chat_group')
export class GroupRow {
  /** The conversation's id too. */
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { name: 'owner_id', length: 22 }) ownerId!: string;
  @Column('varchar', { name: 'creator_id', length: 22 }) creatorId!: string;
  @Column('varchar', { name: 'client_group_id', length: 22 }) clientGroupId!: string;
  @Column('integer', { name: 'member_count' }) memberCount!: number;
  @Column('bigint', { name: 'created_at', transformer: milliseconds }) createdAt!: number;
}

@Entity('group_member')
export class GroupMemberRow {
  @PrimaryColumn('varchar', { name: 'group_id', length: 22 }) groupId!: string;
  @PrimaryColumn('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('bigint', { name: 'joined_at', transformer: milliseconds }) joinedAt!: number;
  /** Orders those who joined at the same time. */
  @Column('integer') position!: number;
}

/** How many groups a user is in, and the row that a transaction locks to change that. */
@Entity('group_counter')
export class GroupCounterRow {
  @PrimaryColumn('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('integer') joined!: number;
}
