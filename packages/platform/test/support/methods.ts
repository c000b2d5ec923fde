import * as apps from "@appenv/protocol";
import * as secrets from "@appenv/protocol/secrets";
import * as tasks from "@appenv/protocol/tasks";

/** A method of the API. */
export interface Method {
  /** `SERVICE/METHOD`. */
  readonly path: string;
  readonly typeName: string;
  readonly name: string;
  readonly methodKind: string;
}

/** All methods that there are, by service. */
export const services: readonly Method[] = [apps, secrets, tasks].flatMap((module) =>
  Object.values(module).flatMap((value: unknown) => {
    const { kind, typeName, methods } = (value ?? {}) as {
      kind?: string;
      typeName: string;
      methods: { name: string; methodKind: string }[];
    };
    return kind === "service"
      ? methods.map(({ name, methodKind }) => ({ path: `${typeName}/${name}`, typeName, name, methodKind }))
      : [];
  }),
);
