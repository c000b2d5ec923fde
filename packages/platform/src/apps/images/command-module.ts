/** The code of an app that is a command, as a module that a replica imports. @param name - Of the environment. */
export function commandModule(name: string, command: readonly string[]): string {
  const core = import.meta.resolve("@appenv/core");
  const options = { name, command, requiresAuth: false };
  return `import { AppEnvironment } from ${JSON.stringify(core)};
export const app = new AppEnvironment(${JSON.stringify(options)});
`;
}
