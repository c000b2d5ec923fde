import { createHash } from "node:crypto";
import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import { DataProxyService } from "@appenv/protocol";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { isAlive } from "../transport/alive.ts";
import { checkProject } from "./check-project.ts";
import { connect } from "./connect.ts";
import type { ControlPlane } from "./control-plane.ts";
import { probe } from "./probe.ts";

/** One thing that was looked at. */
export interface Inspected {
  readonly check: "endpoint" | "project" | "upload" | "apps";
  readonly status: "ok" | "warn" | "fail";
  /** A sentence without its full stop. */
  readonly found: string;
  /** The remedy, unless it is `ok`. */
  readonly fix?: string;
}

const aliveMs = 5_000;

/**
 * Looks at a control plane as a deploy uses it: whether it is one and lets this user in, whether it has the project and apps,
 * and whether code can be uploaded. Nothing is stored. What follows from a failure is left out.
 */
export async function inspectControlPlane(options: ControlPlaneOptions): Promise<readonly Inspected[]> {
  const found: Inspected[] = [];
  try {
    const controlPlane = await connect(options);
    const apps = await inspectApps(controlPlane);
    found.push(await inspectEndpoint(controlPlane));
    if (controlPlane.embedded) return found;
    await checkProject(controlPlane);
    found.push({ check: "project", status: "ok", found: `project '${controlPlane.project}' is there` }, apps);
    found.push(await inspectUpload(controlPlane));
  } catch (error) {
    found.push(failed(found.length === 0 ? "endpoint" : found.length === 1 ? "project" : "upload", error));
  }
  return found;
}

async function inspectEndpoint({ endpoint, embedded }: ControlPlane): Promise<Inspected> {
  if (!embedded) return { check: "endpoint", status: "ok", found: `${endpoint} is a Flyte backend` };
  const { version = "unknown" } = await probe(endpoint);
  return { check: "endpoint", status: "ok", found: `${endpoint} is AppEnv's own platform, version ${version}` };
}

/** The first call with credentials. @throws AppEnvError UNREACHABLE, NOT_FLYTE, UNAUTHENTICATED. */
async function inspectApps({ apps, project, domain }: ControlPlane): Promise<Inspected> {
  try {
    await apps.list({ request: { limit: 1 }, filterBy: { case: "project", value: { name: project, domain } } });
    return { check: "apps", status: "ok", found: "it serves apps" };
  } catch (error) {
    if (!AppEnvError.is(error, "UNSUPPORTED")) throw error;
    const fix = "Have `internalApps` enabled in its configuration; tasks need nothing of it.";
    return { check: "apps", status: "warn", found: "it serves no apps", fix };
  }
}

/** Asks for a place to upload to, and whether this machine reaches it. @throws AppEnvError. */
async function inspectUpload({ transport, project, domain }: ControlPlane): Promise<Inspected> {
  const { signedUrl } = await createClient(DataProxyService, transport).createUploadLocation({
    project,
    domain,
    filename: "doctor",
    contentMd5: createHash("md5").digest(),
    expiresIn: durationFromMs(60_000),
  });
  const { origin } = new URL(signedUrl);
  if (await isAlive(origin, aliveMs)) return { check: "upload", status: "ok", found: `code is uploaded to ${origin}` };
  return {
    check: "upload",
    status: "fail",
    found: `code would be uploaded to ${origin}, which does not answer`,
    fix: "Make the storage of the control plane reachable from this machine under that name.",
  };
}

function failed(check: Inspected["check"], error: unknown): Inspected {
  const { message, fix } = AppEnvError.from(error, "UNEXPECTED");
  return { check, status: "fail", found: message.replace(/\.$/, ""), fix };
}
