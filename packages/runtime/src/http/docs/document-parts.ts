import type { AppHost, Health, HostExtension } from "@appenv/core";

/** The app that the docs describe. */
export interface DocsOptions {
  /** The app's name. */
  readonly name: string;
  /** True if requests need an API key. */
  readonly requiresAuth: boolean;
  /** For people. */
  readonly description?: string;
  /** Started already. */
  readonly host: AppHost;
  /** Extensions mounted beside the host; their routes win, as they do when requests are answered. */
  readonly extensions: readonly HostExtension[];
  /** The health settings, with the path. */
  readonly health: Health;
}

/** An object of JSON whose content is somebody else's matter. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A document while it is put together. */
export interface DocumentParts {
  readonly openapi: string;
  readonly info: JsonObject;
  /** By path, then by method. */
  readonly paths: Readonly<Record<string, JsonObject>>;
  /** By kind (`schemas`, `responses`, ...), then by name. */
  readonly components: Readonly<Record<string, JsonObject>>;
  readonly [other: string]: unknown;
}
