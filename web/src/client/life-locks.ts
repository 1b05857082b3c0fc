/**
 * How tabs and the worker learn that the other one has died, however it died: the browser gives up its locks then, and there is
 * no message for it. A page that holds a lock is also not put aside alive when somebody leaves it (back/forward cache).
 */

/** Takes a lock of a new name, until this tab or worker ends. Resolves to the name as soon as it is held. */
export function holdForLife(kind: 'tab' | 'worker'): Promise<string> {
  const name = `ashwire/${kind}/${crypto.randomUUID()}`;
  return new Promise((resolve, reject) => {
    const hold = (): Promise<never> => {
      resolve(name);
      return new Promise(() => undefined);
    };
    navigator.locks.request(name, hold).catch(reject);
  });
}

/** Resolves when whoever holds it has ended. */
export async function endOf(name: string): Promise<void> {
  await navigator.locks.request(name, () => undefined);
}
