import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type {
  OwnAccount,
  ProfileUpdateRequest,
  Settings,
  UpdateSettingsRequest,
} from '../../../src/protocol/payloads/user.payloads.js';
import { useSession } from './session.store.js';

/** The own account as the server has it: profile and settings. */
export const useOwnAccount = defineStore('own-account', () => {
  const session = useSession();
  const account = shallowRef<OwnAccount>();

  /** Needs a connection. */
  async function load(): Promise<void> {
    account.value = await session.host().api.profile.get();
  }

  async function updateProfile(change: ProfileUpdateRequest): Promise<void> {
    account.value = await session.host().api.profile.update(change);
  }

  /** Shown at once, and taken back when the server refuses. */
  async function updateSettings(change: UpdateSettingsRequest): Promise<void> {
    const before = account.value?.settings;
    if (!before) return;
    adopt({ ...before, ...change });
    try {
      adopt(await session.host().api.settings.update(change));
    } catch (error) {
      adopt(before);
      throw error;
    }
  }

  function adopt(settings: Settings): void {
    if (account.value) account.value = { ...account.value, settings };
  }

  session.on('settings', adopt);
  session.on('host', ({ kind }) => {
    if (kind !== 'open') account.value = undefined;
  });

  return { account, load, updateProfile, updateSettings };
});
