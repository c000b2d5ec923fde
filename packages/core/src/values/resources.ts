import { invalidOption } from "../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** One amount, or a pair of request and limit. */
export type RequestAndLimit<T> = T | readonly [request: T, limit: T];

/** Resources of a replica. Amounts are Kubernetes quantities: `1`, `"500m"`, `"512Mi"`, `"2Gi"`. */
export interface ResourcesOptions {
  /** CPUs, for example `1`, `0.5` or `"500m"`. Not enforced on the embedded platform. */
  readonly cpu?: RequestAndLimit<number | string>;
  /** For example `"512Mi"`. A replica above its limit is replaced on the embedded platform. */
  readonly memory?: RequestAndLimit<string>;
  /** A count, or `"TYPE:COUNT"` such as `"A100:1"`. Clusters only. */
  readonly gpu?: number | string;
  /** For example `"10Gi"`. Clusters only. */
  readonly disk?: string;
  /** Shared memory, for example `"1Gi"`. Clusters only. */
  readonly shm?: string;
}

const names: OptionNames<ResourcesOptions> = { cpu: true, memory: true, gpu: true, disk: true, shm: true };

/** Checked resources. Source: Flyte's `Resources`. */
export class Resources {
  /** As written. */
  readonly cpu: RequestAndLimit<number | string> | undefined;
  /** As written. */
  readonly memory: RequestAndLimit<string> | undefined;
  /** As written. */
  readonly gpu: number | string | undefined;
  /** As written. */
  readonly disk: string | undefined;
  /** As written. */
  readonly shm: string | undefined;

  /** @throws AppEnvError INVALID_OPTION for an amount that is no quantity. */
  constructor(options: ResourcesOptions = {}) {
    checkOptions(options, "resources", names);
    for (const option of ["cpu", "memory"] as const) {
      for (const amount of [options[option] ?? []].flat()) checkQuantity(`resources.${option}`, amount);
    }
    for (const option of ["disk", "shm"] as const) {
      if (options[option] !== undefined) checkQuantity(`resources.${option}`, options[option]);
    }
    if (options.gpu !== undefined && !/^(\d+|[A-Za-z0-9 -]+:\d+)$/.test(String(options.gpu))) {
      throw invalidOption("resources.gpu", options.gpu, 'a count or "TYPE:COUNT"');
    }
    this.cpu = options.cpu;
    this.memory = options.memory;
    this.gpu = options.gpu;
    this.disk = options.disk;
    this.shm = options.shm;
    Object.freeze(this);
  }

  /** Resources from either form of the option. */
  static from(value: ResourcesOptions | Resources): Resources {
    if (value instanceof Resources) return value;
    if (typeof value !== "object" || value === null)
      throw invalidOption("resources", value, 'an object such as { cpu: 1, memory: "512Mi" }');
    return new Resources(value);
  }
}

const quantity = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/;
const factor: Record<string, number> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Reads a Kubernetes quantity as a plain number: bytes for memory, CPUs for cpu. @throws AppEnvError INVALID_OPTION. */
export function quantityValue(value: number | string, option: string): number {
  const match = quantity.exec(String(value));
  if (match === null) throw invalidOption(option, value, 'a Kubernetes quantity such as 1, "500m", "512Mi" or "2Gi"');
  return Number(match[1]) * (factor[match[2] ?? ""] ?? Number.NaN);
}

function checkQuantity(option: string, value: number | string): void {
  if (quantityValue(value, option) <= 0) throw invalidOption(option, value, "more than 0");
}

/** An amount of memory, for people. */
export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
