import { LessThanOrEqual } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { RegistrationInvitationStore } from '../ports/registration-invitation.store.port.js';
import { RegistrationInvitationRow } from './user.rows.js';

export class TypeormRegistrationInvitationStore extends RegistrationInvitationStore {
  constructor(private readonly database: Database) {
    super();
  }

  add(codeHash: string, expiresAt: number, now: number): Promise<void> {
    return this.database.transaction(async (manager) => {
      await manager.delete(RegistrationInvitationRow, { expiresAt: LessThanOrEqual(now) });
      await manager.insert(RegistrationInvitationRow, { codeHash, expiresAt });
    });
  }
}
