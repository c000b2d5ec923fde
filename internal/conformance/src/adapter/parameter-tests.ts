import { serve, type AppEnvironment, type FlyteDir, type FlyteFile } from "@appenv/core";
import { expect, expectTypeOf, it } from "vitest";

/** The types of the parameters `model`, a file, `data`, a directory, and `backend`, an app's endpoint. */
interface Declared {
  readonly model: FlyteFile;
  readonly data: FlyteDir;
  readonly backend: string;
}

type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** The parameters that the hooks of an environment get. */
type Given<Env extends AppEnvironment> = Parameters<Parameters<Env["onStartup"]>[0]>[0]["parameters"];

/**
 * Tests the types of parameters. Call it with an environment that declares `model`, `data` and `backend` in its options:
 * an adapter whose class does not keep their names and types is an error of the compiler.
 */
export function parameterTests<Env extends AppEnvironment>(
  environment: Env,
  ..._mistake: Same<Given<Env>, Declared> extends true ? [] : ["hooks get parameters of other types"]
): void {
  it("gives hooks its parameters, typed as they were declared", () => {
    expectTypeOf(serve).toBeCallableWith(environment);
    const hook = environment.onStartup(() => {});
    expect(environment.hooks.onStartup).toBe(hook);
    expect(environment.parameters.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      "model: file",
      "data: directory",
      "backend: app_endpoint",
    ]);
  });
}
