/** How the platform runs. */
export interface PlatformOptions {
  /** Its state directory. Default: `APPENV_HOME`, else `.appenv` beside the nearest package.json. */
  readonly home?: string;
  /** Default 7070; 0 takes any free port. */
  readonly port?: number;
  /** The address the API and the apps bind to. Default `127.0.0.1`. */
  readonly host?: string;
}

/** A running platform. */
export interface Platform {
  /** The API's URL, for example `http://localhost:7070`. */
  readonly endpoint: string;
  /** Its state directory. */
  readonly home: string;
  /** Drains every app and ends. */
  close(): Promise<void>;
}

export declare function startPlatform(options?: PlatformOptions): Promise<Platform>;
