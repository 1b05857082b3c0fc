import type { AshwireConfig } from '../../../config/config.schema.js';

/** The name that signatures are bound to: what clients see of this server. */
export function serverNameOf({ http }: Pick<AshwireConfig, 'http'>): string {
  return http.publicUrl === '' ? `http://localhost:${http.port}` : http.publicUrl;
}
