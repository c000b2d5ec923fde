import { AppEnvironment, type AppEnvironmentOptions } from "@appenv/core";

/** An app of plain node:http: 200 at `/`, 404 elsewhere. */
export function plainApp(options: Partial<AppEnvironmentOptions> = {}): AppEnvironment {
  const env = new AppEnvironment({ name: "hooks", requiresAuth: false, ...options });
  env.server(
    () =>
      ({ url }, response) =>
        void response.writeHead(url === "/" ? 200 : 404).end("plain"),
  );
  return env;
}
