/** The parts of a Hono app that are used here, for an app of any types. */
export interface AnyHono {
  /** Answers a request. */
  fetch(request: Request, ...rest: never[]): Response | Promise<Response>;
  /** The routes and middlewares, with the paths of all apps around them. */
  readonly routes: readonly { readonly path: string; readonly method: string }[];
  /** Finds the handlers of a request, in the order in which they are asked. */
  readonly router: {
    match(method: string, path: string): readonly [readonly (readonly [unknown, ...unknown[]])[], ...unknown[]];
  };
  /** The path that requests are routed by. */
  getPath(request: Request, ...rest: never[]): string;
}

/** The option for WebSockets. */
export interface WebSocketOptions {
  /** `new WebSocketServer({ noServer: true })` of `ws`. It is closed with the app. */
  readonly server: {
    readonly options: { readonly noServer?: boolean | undefined };
    handleUpgrade(...args: never[]): void;
  };
}
