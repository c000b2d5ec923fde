// As much of the package as is used here; its types would bring thirty packages.
declare module "oidc-provider" {
  import type { EventEmitter } from "node:events";
  import type { RequestListener } from "node:http";

  export interface StoredToken {
    readonly accountId?: string;
    readonly clientId?: string;
    readonly isExpired: boolean;
    destroy(): Promise<void>;
  }

  export class Provider extends EventEmitter {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: { find(value: string): Promise<StoredToken | undefined> };
    readonly ClientCredentials: { find(value: string): Promise<StoredToken | undefined> };
    readonly RefreshToken: { find(value: string): Promise<StoredToken | undefined> };
    callback(): RequestListener;
  }
}
