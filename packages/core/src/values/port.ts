import { AppEnvError } from "../errors/appenv-error.ts";
import { invalidOption } from "../errors/invalid-option.ts";

/** Ports Flyte keeps for its sidecars. Source: flyte-sdk `app/_types.py`. */
export const reservedPorts: readonly number[] = [8012, 8022, 8112, 9090, 9091];

/** The port an app answers on. `name: "h2c"` asks a cluster for HTTP/2 without TLS. */
export class Port {
  /** 1 to 65535, none of the reserved ones. */
  readonly port: number;
  /** The port's name in the container, if it needs one. */
  readonly name: string | undefined;

  /** @throws AppEnvError INVALID_OPTION out of range, RESERVED_PORT for one of Flyte's own. */
  constructor(port: number, name?: string) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw invalidOption("port", port, "a whole number from 1 to 65535");
    }
    if (reservedPorts.includes(port)) {
      throw new AppEnvError("RESERVED_PORT", `port ${port} is reserved by Flyte (${reservedPorts.join(", ")} are).`);
    }
    if (name !== undefined && (typeof name !== "string" || name === "")) {
      throw invalidOption("port name", name, 'a string such as "h2c"');
    }
    this.port = port;
    this.name = name;
    Object.freeze(this);
  }

  /** A port from either form of the option. */
  static from(value: number | Port): Port {
    return value instanceof Port ? value : new Port(value);
  }
}
