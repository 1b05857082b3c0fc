/** One-time invitations to register, by the SHA-256 of their code. They are used up by `AccountStore.create`. */
export abstract class RegistrationInvitationStore {
  /** Also forgets what had expired at `now`. */
  abstract add(codeHash: string, expiresAt: number, now: number): Promise<void>;
}
