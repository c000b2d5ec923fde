import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Makes copies of the app `hello`, each with a port of its own, as deployments leave them. No platform may use the state. */
export function copyApps(home: string, ports: readonly number[]): void {
  const database = new DatabaseSync(join(home, "state.db"));
  const insert = database.prepare(
    `INSERT INTO apps (project, domain, name, definition, revision, port, created_at, updated_at)
     SELECT project, domain, ?, definition, revision, ?, created_at, updated_at FROM apps WHERE name = 'hello'`,
  );
  database.exec("BEGIN");
  for (const [index, port] of ports.entries()) insert.run(`hello-${index}`, port);
  database.exec("COMMIT");
  database.close();
}
