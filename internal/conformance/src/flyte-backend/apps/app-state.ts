import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { AppSchema, Spec_DesiredState, SpecSchema, type AppMessage, type Identifier } from "@appenv/protocol";
import type { Knative } from "../knative/knative.ts";
import type { KnativeService } from "../knative/service.ts";
import { statusOf } from "./app-status.ts";
import { templateOf, type TemplateSources } from "./app-template.ts";

/** The kind of a change of an app. */
export type AppEventKind = "created" | "updated" | "deleted";

/** An app as it is kept: its spec in bytes, and nothing else of what was sent. */
interface KeptApp {
  readonly id: Identifier;
  readonly spec: Uint8Array;
}

const longestName = 63;

/** The apps of the backend, which are Services of Knative. Emits each change, for the internal watch. */
export class AppState extends EventEmitter<{ event: [AppEventKind, AppMessage] }> {
  readonly #kept = new Map<string, KeptApp>();
  readonly #knative: Knative;
  readonly #sources: TemplateSources;

  constructor(knative: Knative, sources: TemplateSources) {
    super();
    this.setMaxListeners(0);
    this.#knative = knative;
    this.#sources = sources;
    knative.on("created", (name) => this.#tell("created", name));
    knative.on("changed", (name) => this.#tell("updated", name));
    knative.on("deleted", (name) => this.#tell("deleted", name));
  }

  /** Makes or changes an app. Without effect if its spec is the same as before and it is not stopped. */
  async deploy({ metadata, spec }: AppMessage): Promise<void> {
    const id = metadata?.id;
    if (id === undefined || spec === undefined) throw new ConnectError("app spec is required", Code.InvalidArgument);
    const name = serviceName(id);
    const template = templateOf(id, spec, this.#sources);
    const bytes = toBinary(SpecSchema, spec);
    const known = this.#kept.get(name);
    const isSame = known !== undefined && Buffer.from(known.spec).equals(bytes);
    if (isSame && this.#knative.services.get(name)?.isStopped === false) return;
    this.#kept.set(name, { id: { ...id, org: id.org || "local" }, spec: bytes });
    await this.#knative.deploy(name, template);
  }

  stop(id: Identifier): void {
    this.#knative.stop(serviceName(id));
  }

  delete(id: Identifier): void {
    const name = serviceName(id);
    this.#knative.delete(name);
    this.#kept.delete(name);
  }

  /** @throws ConnectError NotFound. */
  get(id: Identifier): AppMessage {
    const app = this.#message(serviceName(id));
    if (app !== undefined) return app;
    throw new ConnectError(
      `KService ${serviceName(id)} not found: services.serving.knative.dev "${serviceName(id)}" not found`,
      Code.NotFound,
    );
  }

  /** All apps, in the order of the names of their Services. */
  list(): readonly AppMessage[] {
    return [...this.#kept.keys()].toSorted().flatMap((name) => this.#message(name) ?? []);
  }

  /** The Service of an app; undefined if there is none. */
  serviceOf(id: Identifier): KnativeService | undefined {
    return this.#knative.services.get(serviceName(id));
  }

  #tell(kind: AppEventKind, name: string): void {
    const app = this.#message(name);
    if (app !== undefined) this.emit("event", kind, app);
  }

  #message(name: string): AppMessage | undefined {
    const kept = this.#kept.get(name);
    const service = this.#knative.services.get(name);
    if (kept === undefined || service === undefined) return undefined;
    const spec = fromBinary(SpecSchema, kept.spec);
    if (service.isStopped) spec.desiredState = Spec_DesiredState.STOPPED;
    return create(AppSchema, { metadata: { id: kept.id }, spec, status: statusOf(service) });
  }
}

/** The name of the Service of an app. */
export function serviceName({ name, project, domain }: Identifier): string {
  const whole = `${name}-${project}-${domain}`.toLowerCase();
  if (whole.length <= longestName) return whole;
  const hash = createHash("sha256").update(`${project}/${domain}/${name}`).digest("hex").slice(0, 8);
  return `${whole.slice(0, longestName - 9)}-${hash}`;
}
