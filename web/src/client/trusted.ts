/** What the CSP's `trusted-types` names. The only script addresses that this page makes are those of its own build. */
const policy = globalThis.trustedTypes?.createPolicy('ashwire', { createScriptURL: ownAddress });

/** @throws TypeError for another origin, and for scripts made at run time (`blob:`, `data:`). */
export function trustedScriptUrl(url: string): string {
  return (policy?.createScriptURL(url) ?? ownAddress(url)) as string;
}

function ownAddress(url: string): string {
  const { origin, protocol } = new URL(url, location.origin);
  if (origin !== location.origin || protocol !== location.protocol) throw new TypeError('a script of another origin');
  return url;
}

declare global {
  // Not in TypeScript's DOM library yet.
  var trustedTypes:
    | {
        createPolicy(
          name: string,
          rules: { createScriptURL(url: string): string },
        ): { createScriptURL(url: string): unknown };
      }
    | undefined;
}
