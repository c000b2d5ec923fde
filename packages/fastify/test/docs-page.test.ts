import { openPage, serveForTest, systemProgram } from "@appenv-internal/conformance";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { FastifyAppEnvironment } from "../src/index.ts";

const chromium = systemProgram("chromium");

describe.skipIf(chromium.missing)("/docs in a browser", () => {
  it("shows the API, with nothing from any other host", async () => {
    const env = new FastifyAppEnvironment({ name: "todos", description: "Things to do", requiresAuth: false });
    const body = z.object({ title: z.string().describe("What is to be done") });
    env.app.post("/todos", { schema: { summary: "Add a todo", body } }, async () => ({ ok: true }));
    const app = await serveForTest(env);
    const { page, problems, requests } = await openPage(chromium.path!, `${app.url}/docs`);

    await page.getByText("Things to do").first().waitFor();
    await page.getByText("Add a todo").first().waitFor();
    await page.getByText("What is to be done").first().waitFor();
    expect(await page.title()).toContain("todos");
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(app.url))).toEqual([]);
    expect(requests).toContain(`${app.url}/openapi.json`);
  });

  it("sends a request to the API", async () => {
    const env = new FastifyAppEnvironment({ name: "greeter", requiresAuth: false });
    env.app.get("/", { schema: { summary: "Greet" } }, async () => ({ message: "Hello from the app" }));
    const app = await serveForTest(env);
    const { page, problems, requests } = await openPage(chromium.path!, `${app.url}/docs`);

    await page.getByRole("button", { name: "Test Request" }).first().click();
    await page.getByRole("button", { name: /^Send/ }).first().click();
    await page.getByText("Hello from the app").first().waitFor();
    expect(problems).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(app.url))).toEqual([]);
  });
});
