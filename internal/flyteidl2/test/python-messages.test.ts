import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, type FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { expect, it } from "vitest";
import * as apps from "../dist/index.js";
import * as secrets from "../dist/secrets.js";
import * as tasks from "../dist/tasks.js";
import * as values from "../dist/values.js";
import { hasPythonPackage, readPythonDescriptors } from "../python-descriptors.ts";
import { differences } from "./differences.ts";
import { typesOfFiles, typesOfModules } from "./types.ts";

const ours = typesOfModules([apps, tasks, secrets, values]);

/** Services that only they have, and why they are not here. */
const known: Readonly<Record<string, string>> = {
  "flyteidl2.artifact.ArtifactService": "a registry of artifacts: refused, see `platform/src/api/rpc/`",
  "flyteidl2.cacheservice.CacheService": "as it was before; no server has it",
  "flyteidl2.connector.AsyncConnectorService": "served by connectors, which a cluster's executor calls",
  "flyteidl2.connector.ConnectorMetadataService": "the same",
  "flyteidl2.org.DomainService": "changes the domains, which are fixed here",
  "flyteidl2.settings.SettingsService": "refused, see `platform/src/api/rpc/`",
  "flyteidl2.workflow.EventsProxyService": "of the backend's own parts: the executor tells it of attempts",
  "flyteidl2.workflow.InternalRunService": "the same",
  "flyteidl2.workflow.QueueService": "what ActionsService was before; no server has it",
  "flyteidl2.workflow.RunLogsService": "what DataProxyService.TailLogs was before; no server has it",
  "flyteidl2.workflow.StateService": "what ActionsService was before; no server has it",
  "flyteidl2.workflow.TrackedRunService": "runs that happen elsewhere: refused, see `platform/src/api/rpc/`",
};

if (!hasPythonPackage) process.stderr.write("Flyte's Python package is not here: npm run setup:system\n");

it.skipIf(!hasPythonPackage)("has Flyte's messages as the installed Python package has them", () => {
  const expected = Object.keys(known).map((name) => `${name}: is not here`);
  expect(differences(ours, typesOfFiles(readPythonDescriptors()))).toEqual(expected.toSorted());
});

it("would tell of each thing that is another one there", () => {
  const found = differences(ours, theirTypes()).filter((line) => !line.endsWith(": is not here"));
  expect(found).toEqual([
    "flyteidl2.common.ActionPhase: value 99 is 'not here', and in Python 'ACTION_PHASE_NEW'",
    expect.stringMatching(
      /^flyteidl2.workflow.ActionDetails: field 10 is 'signal_info, .*', and in Python 'not there'$/,
    ),
    expect.stringMatching(/^flyteidl2.workflow.Run: field 2 is 'labels, .*', and in Python 'tags, .*'$/),
    expect.stringMatching(/^flyteidl2.workflow.RunService: method AbortRun is '.*', and in Python 'not there'$/),
    "flyteidl2.workflow.SignalInfo: is gone",
  ]);
});

/** The messages as they might be one day. */
function theirTypes(): ReturnType<typeof typesOfFiles> {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(new URL("../flyteidl2.binpb", import.meta.url)));
  const file = (name: string): FileDescriptorProto =>
    set.file.find((each) => each.name === `flyteidl2/${name}.proto`) as FileDescriptorProto;
  const value = file("common/phase").enumType[0]?.value;
  value?.push({ ...(value[0] as (typeof value)[0]), name: "ACTION_PHASE_NEW", number: 99 });
  const runs = file("workflow/run_definition");
  const labels = runs.messageType.find(({ name }) => name === "Run")?.field.find(({ name }) => name === "labels");
  if (labels !== undefined) labels.name = "tags";
  const details = runs.messageType.find(({ name }) => name === "ActionDetails");
  if (details !== undefined) details.field = details.field.filter(({ name }) => name !== "signal_info");
  runs.messageType = runs.messageType.filter(({ name }) => name !== "SignalInfo");
  const service = file("workflow/run_service").service[0];
  if (service !== undefined) service.method = service.method.filter(({ name }) => name !== "AbortRun");
  return typesOfFiles(set);
}
