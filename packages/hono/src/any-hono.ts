/** What is needed of a Hono app, whatever its types are. */
export interface AnyHono {
  /** Answers a request. */
  fetch(request: Request, ...rest: never[]): Response | Promise<Response>;
  /** The routes and middlewares, with the paths of all apps around them. */
  readonly routes: readonly { readonly path: string; readonly method: string }[];
}

/** What speaks WebSocket. */
export interface WebSocketOptions {
  /** `new WebSocketServer({ noServer: true })` of `ws`. It is closed with the app. */
  readonly server: {
    readonly options: { readonly noServer?: boolean | undefined };
    handleUpgrade(...args: never[]): void;
  };
}
