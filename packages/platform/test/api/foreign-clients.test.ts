import { expect, test } from "vitest";
import { send, startApi } from "../support/api.ts";

test.each([
  ["flyteidl2.artifact.ArtifactService/ListArtifacts", "run's name or labels"],
  ["flyteidl2.settings.SettingsService/GetSettingsForEdit", "the environments of the code"],
  ["flyteidl2.workflow.TrackedRunService/CreateRun", "with `appenv run`"],
])("%s is unimplemented, and the answer says what there is instead", async (path, text) => {
  const { endpoint } = await startApi();
  for (const type of ["json", "proto"]) {
    const headers = { "content-type": `application/${type}` };
    const answer = await send(`${endpoint}/${path}`, { method: "POST", headers, body: type === "json" ? "{}" : "" });
    expect(answer.status).toBe(501);
    expect(JSON.parse(answer.body)).toEqual({ code: "unimplemented", message: expect.stringContaining(text) });
  }
});

test("a platform that wants a key for everything else says without one how to sign in", async () => {
  const { endpoint } = await startApi("0.0.0.0");
  const headers = { "content-type": "application/json", host: "box.example" };
  const call = (path: string) => send(`${endpoint}/${path}`, { method: "POST", headers, body: "{}" });
  const config = await call("flyteidl2.auth.AuthMetadataService/GetPublicClientConfig");
  expect([config.status, JSON.parse(config.body)]).toEqual([200, { authorizationMetadataKey: "authorization" }]);
  const metadata = await call("flyteidl2.auth.AuthMetadataService/GetOAuth2Metadata");
  expect([metadata.status, JSON.parse(metadata.body)]).toEqual([200, { issuer: expect.stringMatching(/^http:/) }]);
  expect((await call("flyteidl2.app.AppService/List")).status).toBe(401);
  expect((await call("flyteidl2.auth.IdentityService/UserInfo")).status).toBe(401);
});
