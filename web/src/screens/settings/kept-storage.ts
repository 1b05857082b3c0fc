/** Whether the browser has promised not to throw this site's storage away when space is short. */
export async function isStorageKept(): Promise<boolean> {
  return hasStorage() && navigator.storage.persisted();
}

/** Some browsers ask the person, some decide by themselves. */
export async function askToKeepStorage(): Promise<boolean> {
  return hasStorage() && navigator.storage.persist().catch(() => false);
}

/** It is not there on pages without TLS. */
const hasStorage = (): boolean => 'storage' in navigator;
