import type { OpenApiDocument } from "@appenv/core";
import type { TaskInterface } from "@appenv/core/internal";
import { routesType } from "./app-routes.ts";
import { comment, Declarations, typeName } from "./declarations.ts";
import { indented } from "./schema-type.ts";
import { inputType, outputType } from "./value-type.ts";

/** A deployed task that a client is written for. */
export interface GeneratedTask {
  /** `environment.task`. */
  readonly name: string;
  readonly description: string;
  readonly interface: TaskInterface;
}

/** An app that a client is written for. */
export interface GeneratedApp {
  readonly name: string;
  readonly document: OpenApiDocument;
}

/** Parts of a file that `appenv gen client` writes. */
export interface ClientFile {
  readonly tasks: readonly GeneratedTask[];
  readonly apps: readonly GeneratedApp[];
  /** The command that wrote it, to write it again. */
  readonly command: string;
}

/** The text of a module with a typed client for tasks and apps. The same tasks and apps give the same text. */
export function clientFile({ tasks, apps, command }: ClientFile): string {
  const declarations = new Declarations();
  for (const name of ["Tasks", "FlyteFile", "FlyteDir", "TaskClient", "AppClient", "DeployedTask"]) {
    declarations.reserve(name);
  }
  const parts = [
    ...(tasks.length === 0 ? [] : [tasksPart(byName(tasks), declarations)]),
    ...named(byName(apps)).map(([constant, app]) => appPart(constant, app, declarations)),
  ];
  const declared = declarations.text();
  const code = [...parts, ...(declared === "" ? [] : [declared])].join("\n");
  return `// Written by \`${command}\` from what is deployed. Do not edit it: run that again.\n${imports(code)}\n${code}`;
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function imports(code: string): string {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);
  const places = ["FlyteDir", "FlyteFile"].filter((name) => uses(name));
  return [
    ...(uses("AppClient") ? [`import { AppClient } from "@appenv/client";\n`] : []),
    ...(uses("TaskClient") ? [`import { TaskClient, type DeployedTask } from "@appenv/client/tasks";\n`] : []),
    ...(places.length > 0 ? [`import type { ${places.join(", ")} } from "@appenv/core";\n`] : []),
  ].join("");
}

function tasksPart(tasks: readonly GeneratedTask[], declarations: Declarations): string {
  const fields = tasks.map((task) => {
    const place = { declarations, prefix: task.name };
    const input = declarations.add(`${task.name} Input`, inputType(task.interface, place));
    const output = declarations.add(`${task.name} Output`, outputType(task.interface.output, place));
    return `${comment(task.description, "")}readonly ${JSON.stringify(task.name)}: DeployedTask<${input}, ${output}>;\n`;
  });
  return (
    `/** The tasks, by their full names. */\nexport interface Tasks {\n${indented(fields.join(""))}}\n\n` +
    `/** Runs the tasks, each in the version that was deployed last. */\n` +
    `export const tasks: TaskClient<Tasks> = new TaskClient<Tasks>();\n`
  );
}

function appPart(constant: string, { name, document }: GeneratedApp, declarations: Declarations): string {
  const routes = declarations.reserve(`${name} Routes`);
  const type = routesType(document, { root: document, declarations, prefix: name });
  const { title, description } = (document["info"] ?? {}) as Readonly<Record<string, unknown>>;
  const about = [typeof title === "string" ? title : name, typeof description === "string" ? description : ""];
  const text = about.filter((line) => line !== "").join("\n\n");
  return (
    `/** The operations of the app '${name}'. */\nexport interface ${routes} ${type}\n\n` +
    `${comment(text, "")}export const ${constant}: AppClient<${routes}> = new AppClient<${routes}>("${name}");\n`
  );
}

/** Apps with the names of their constants: `helloApp` for `hello-app`. */
function named(apps: readonly GeneratedApp[]): readonly (readonly [constant: string, app: GeneratedApp])[] {
  const used = new Set(["tasks"]);
  return apps.map((app) => {
    const type = typeName(app.name);
    let constant = type.charAt(0).toLowerCase() + type.slice(1);
    while (used.has(constant) || reserved.has(constant)) constant += "App";
    used.add(constant);
    return [constant, app];
  });
}

/** Words that cannot be the name of a constant; names of apps have no capital letters. */
const reserved = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static " +
    "super switch this throw true try typeof var void while with yield arguments eval"
  ).split(" "),
);
