/** As much of oidc-provider as the tests use: it comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Account {
    readonly accountId: string;
    claims(use: string, scope: string): Record<string, unknown> & { sub: string };
  }

  interface Configuration {
    readonly clients: readonly Record<string, unknown>[];
    readonly claims: Readonly<Record<string, readonly string[]>>;
    readonly cookies: Readonly<Record<string, unknown>>;
    readonly features: Readonly<Record<string, { enabled: boolean }>>;
    readonly findAccount: (context: unknown, id: string) => Account | undefined;
    readonly ttl: Readonly<Record<string, number>>;
    readonly jwks: { readonly keys: readonly unknown[] };
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
