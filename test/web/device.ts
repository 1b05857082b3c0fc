import type { Page } from 'playwright-core';

/**
 * Everything that this origin keeps on the device, as text: local and session storage, every entry of every IndexedDB database
 * (bytes as Latin-1 and as UTF-16), every cached response, the address and the title.
 */
export function textsOnDevice(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const latin = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const wide = (bytes: Uint8Array): string => new TextDecoder('utf-16le').decode(bytes);
    const written = (value: unknown): string => {
      if (value instanceof ArrayBuffer) return written(new Uint8Array(value));
      if (value instanceof Uint8Array) return `${latin(value)} ${wide(value)}`;
      return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
    };
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('indexedDB'));
      });
    const found = [`location ${location.href} ${document.title}`];
    for (const storage of [localStorage, sessionStorage]) {
      for (let at = 0; at < storage.length; at++) {
        const key = storage.key(at) ?? '';
        found.push(`storage ${key} ${storage.getItem(key) ?? ''}`);
      }
    }
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
        values.forEach((value, at) => found.push(`indexedDB ${name} ${store} ${written(keys[at])} ${written(value)}`));
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        found.push(`cache ${request.url} ${(await (await cache.match(request))?.text()) ?? ''}`);
      }
    }
    return found;
  });
}
