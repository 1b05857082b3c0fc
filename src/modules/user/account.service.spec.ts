import { describe, expect, it } from '@jest/globals';
import { challengeBytes } from '../../protocol/signing.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountService } from './account.service.js';
import { TestPerson } from './spec/test-person.js';
import { startUserModule } from './spec/user-rig.js';
import { UserAdministration } from './user.administration.js';
import { UserFacade } from './user.facade.js';

const started = async () => {
  const rig = await startUserModule();
  const person = new TestPerson();
  const tokens = await rig.register(person);
  return { rig, person, tokens, caller: await rig.principal(tokens), accounts: rig.get(AccountService) };
};

describe('the own account', () => {
  it('shows what the user set', async () => {
    const { rig, person, caller, accounts } = await started();
    await accounts.updateProfile(caller, { displayName: 'Ada 👩‍🚀', avatarColour: 'teal' });
    expect(await accounts.show(caller)).toEqual({
      ...{ userId: person.userId, username: person.username, role: 'user', displayName: 'Ada 👩‍🚀' },
      ...{ avatarColour: 'teal', identityKey: person.identity.publicKey, keyVersion: 1, deviceId: person.deviceId },
      settings: { sharePresence: true, shareTyping: true, shareRead: true, burnAfterReadSeconds: 30 },
      ...{ keyPackagesAvailable: 0, createdAt: rig.clock.now() },
    });
    expect(rig.changes).toEqual([{ userId: person.userId, what: 'profile' }]);
  });

  it('pushes settings to the devices of the user and announces them', async () => {
    const { rig, person, caller, accounts } = await started();
    const settings = { sharePresence: false, shareTyping: true, shareRead: true, burnAfterReadSeconds: 0 };
    const changes = { sharePresence: false, burnAfterReadSeconds: 0 };
    expect(await accounts.updateSettings(caller, changes)).toEqual(settings);
    expect(await accounts.settings(caller)).toEqual(settings);
    expect(await rig.get(UserFacade).getSettings(person.userId)).toEqual(settings);
    expect(rig.sent).toEqual([['settings:changed', person.userId, settings]]);
    expect(rig.changes).toEqual([{ userId: person.userId, what: 'settings' }]);
  });

  it('does not change under a name that is refused', async () => {
    const { rig, caller, accounts } = await started();
    const refused = accounts.updateProfile(caller, { displayName: 'a\u202eb', avatarColour: 'teal' });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await accounts.show(caller)).toMatchObject({ avatarColour: 'grey' });
    expect(rig.changes).toEqual([]);
  });

  it('becomes an admin with its next token', async () => {
    const { rig, person } = await started();
    await rig.get(UserAdministration).grantAdmin(person.username);
    rig.clock.advance(1_000);
    expect(await rig.principal(await rig.login(person))).toMatchObject({ role: 'admin' });
    await expect(rig.get(UserAdministration).grantAdmin('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the facade', () => {
  it('shows what others may know', async () => {
    const { rig, person } = await started();
    const facade = rig.get(UserFacade);
    const found = await facade.findPerson(person.userId);
    expect(found).toEqual({
      ...{ userId: person.userId, username: person.username, displayName: person.username, avatarColour: 'grey' },
      ...{ identityKey: person.identity.publicKey, keyVersion: 1, device: person.certificate() },
    });
    expect(await facade.findPersonByUsername(person.username)).toEqual(found);
    expect(await facade.listPersons(['x'.repeat(22), person.userId])).toEqual([found]);
    expect(await facade.listKeyHistory(person.userId)).toHaveLength(1);
    await expect(facade.getSettings('x'.repeat(22))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what is known of others', () => {
  it('is right as soon as a change is answered', async () => {
    const { rig, person, caller, accounts } = await started();
    const facade = rig.get(UserFacade);
    const known = async () => (await facade.listKnownPersons(['x'.repeat(22), person.userId]))[0];
    expect(await known()).toEqual(await facade.findPerson(person.userId));
    await accounts.updateProfile(caller, { displayName: 'Ada' });
    expect(await known()).toMatchObject({ displayName: 'Ada' });
    await accounts.updateSettings(caller, { shareRead: false });
    expect(await facade.getSettings(person.userId)).toMatchObject({ shareRead: false });
    const challenge = await rig.challenge(person.username, 'delete-account');
    const signature = person.identity.sign(challengeBytes(challenge));
    await rig.get(AccountDeletionService).delete(caller, { challengeId: challenge.challengeId, signature });
    expect(await known()).toBeUndefined();
    await expect(facade.getSettings(person.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('deleting the account', () => {
  it('removes it, ends its sessions, tells the other modules, and frees the name', async () => {
    const { rig, person, tokens, caller } = await started();
    const challenge = await rig.challenge(person.username, 'delete-account');
    const signature = person.identity.sign(challengeBytes(challenge));
    await rig.get(AccountDeletionService).delete(caller, { challengeId: challenge.challengeId, signature });
    expect(rig.stores.deleted).toEqual([person.userId]);
    expect(rig.sent).toEqual([['close', tokens.sessionId, 'SESSION_REVOKED', 'stop']]);
    await expect(rig.principal(tokens)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    await expect(rig.login(person)).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
    expect(await rig.get(UserFacade).findPerson(person.userId)).toBeNull();
    await rig.register(new TestPerson(person.username));
  });

  it('needs the identity key, over a challenge of the own account for this', async () => {
    const { rig, person, caller } = await started();
    const other = new TestPerson();
    await rig.register(other);
    const mine = await rig.challenge(person.username, 'delete-account');
    const foreign = await rig.challenge(other.username, 'delete-account');
    const login = await rig.challenge(person.username, 'login');
    const tries = [
      { challengeId: mine.challengeId, signature: person.leaf.sign(challengeBytes(mine)) },
      { challengeId: mine.challengeId, signature: person.identity.sign(challengeBytes(mine)) },
      { challengeId: foreign.challengeId, signature: other.identity.sign(challengeBytes(foreign)) },
      { challengeId: login.challengeId, signature: person.identity.sign(challengeBytes(login)) },
    ];
    for (const request of tries) {
      const deletion = rig.get(AccountDeletionService).delete(caller, request);
      await expect(deletion).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
    }
    expect(await rig.get(UserFacade).findPerson(person.userId)).not.toBeNull();
  });
});
