import { durationMs, timestampDate } from "@bufbuild/protobuf/wkt";
import { createClient, type Client } from "@connectrpc/connect";
import type { ControlPlaneOptions } from "@appenv/core";
import { checkOptions, type OptionNames } from "@appenv/core/internal";
import { WebhookService, type DeliveryMessage } from "@appenv/protocol/tasks";
import { connect, connectOptionNames } from "./control-plane/connect.ts";
import type { ControlPlane } from "./control-plane/control-plane.ts";
import { requirePlatform } from "./control-plane/require-platform.ts";

/** A delivery to a webhook of an app. */
export interface Delivery {
  /** Made by the platform; `Deliveries.get` and `replay` take it. */
  readonly id: string;
  readonly project: string;
  readonly domain: string;
  readonly app: string;
  /** The name of its source, for example `github`. */
  readonly source: string;
  /** The path of the webhook, with its query. */
  readonly path: string;
  /** The id that its sender gave it; empty if it was not read. */
  readonly deliveryId: string;
  /** The type of the event, in the words of its source. */
  readonly type: string;
  readonly receivedAt: Date | undefined;
  /** The time until its answer, in milliseconds. */
  readonly tookMs: number;
  readonly verified: boolean;
  /** The reason why it was not verified, or what else was wrong; empty: nothing. */
  readonly reason: string;
  /** The size of its body, in bytes. */
  readonly size: number;
  /** The status of the answer. */
  readonly status: number;
  /** The run that it started, the first of several. */
  readonly run: string | undefined;
  /** The delivery that it replays, by its id. */
  readonly replayOf: string | undefined;
  /** True if it was verified and its body is kept. */
  readonly replayable: boolean;
}

/** A delivery with what came. */
export interface WholeDelivery extends Delivery {
  /** Without credentials and signatures; empty if it was not verified. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty if it is not kept. */
  readonly body: Uint8Array;
}

/** The answer of an app to a replay. */
export interface ReplayAnswer {
  /** The id of the replay as a delivery. */
  readonly id: string;
  /** The status of the app's answer. */
  readonly status: number;
  /** The beginning of the app's answer, at most 4,096 characters. */
  readonly answer: string;
}

/** Options of `Deliveries.list`. */
export interface DeliveryListOptions extends ControlPlaneOptions {
  /** Only those of an app. Default: of all. */
  readonly app?: string;
  /** Only those of a source, for example `github`. Default: of all. */
  readonly source?: string;
  /** Only those that were not verified, or were answered with a status of 400 and above. Default false. */
  readonly failed?: boolean;
  /** Maximum number of them, at most 500. Default 100. */
  readonly limit?: number;
}

const optionNames: OptionNames<DeliveryListOptions> = {
  ...connectOptionNames,
  app: true,
  source: true,
  failed: true,
  limit: true,
};

/** The deliveries to webhooks that the embedded platform keeps: the last 10,000, for a week. Other control planes answer UNSUPPORTED. */
export const Deliveries = {
  /** The newest first. @throws AppEnvError UNREACHABLE, UNSUPPORTED. */
  async list(options: DeliveryListOptions = {}): Promise<readonly Delivery[]> {
    checkOptions(options, "Deliveries.list", optionNames);
    const { app = "", source = "", failed = false, limit = 0, ...target } = options;
    const { api, controlPlane } = await open(target);
    const { project = "", domain = "" } = controlPlane;
    const { deliveries } = await api.listDeliveries({ project, domain, app, source, failed, limit });
    return deliveries.map(deliveryOf);
  },
  /** @throws AppEnvError NOT_FOUND, UNREACHABLE, UNSUPPORTED. */
  async get(id: string, options: ControlPlaneOptions = {}): Promise<WholeDelivery> {
    checkOptions(options, "Deliveries.get", connectOptionNames);
    const { delivery, headers, body } = await (await open(options)).api.getDelivery({ id });
    const named = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    return { ...deliveryOf(delivery as DeliveryMessage), headers: named, body };
  },
  /**
   * Sends a delivery to its app once more, as verified by the platform. Its runs are new ones.
   *
   * @throws AppEnvError NOT_FOUND, NOT_REPLAYABLE, CALL_FAILED, UNREACHABLE, UNSUPPORTED.
   */
  async replay(id: string, options: ControlPlaneOptions = {}): Promise<ReplayAnswer> {
    checkOptions(options, "Deliveries.replay", connectOptionNames);
    const { id: own, status, answer } = await (await open(options)).api.replayDelivery({ id });
    return { id: own, status, answer };
  },
} as const;

async function open(
  options: ControlPlaneOptions,
): Promise<{ readonly api: Client<typeof WebhookService>; readonly controlPlane: ControlPlane }> {
  const controlPlane = await connect(options);
  requirePlatform(controlPlane, "Kept deliveries", "Look at the sender's own list, and have it send one again.");
  return { controlPlane, api: createClient(WebhookService, controlPlane.transport) };
}

function deliveryOf(message: DeliveryMessage): Delivery {
  const { id, project, domain, app, source, path, deliveryId, verified, reason, size, status, replayable } = message;
  const { eventType: type, receivedAt, took, run, replayOf } = message;
  return {
    id,
    project,
    domain,
    app,
    source,
    path,
    deliveryId,
    type,
    verified,
    reason,
    size,
    status,
    replayable,
    receivedAt: receivedAt === undefined ? undefined : timestampDate(receivedAt),
    tookMs: took === undefined ? 0 : durationMs(took),
    run: run === "" ? undefined : run,
    replayOf: replayOf === "" ? undefined : replayOf,
  };
}
