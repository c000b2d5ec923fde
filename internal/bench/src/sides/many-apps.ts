import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Makes copies of the app `hello`, each with a port of its own, as deployments leave them: with the revision that has answered, so
 * that a platform does not start it. No platform may use the state.
 */
export function copyApps(home: string, ports: readonly number[]): void {
  const database = new DatabaseSync(join(home, "state.db"));
  const copies = ["apps", "app_revisions"].map((table) => {
    const names = database.prepare("SELECT name FROM pragma_table_info(?)").all(table);
    const columns = names.map(({ name }) => String(name));
    const values = columns.map((name) => (["name", "port"].includes(name) ? `:${name}` : name));
    const statement = database.prepare(
      `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM ${table} WHERE name = 'hello'`,
    );
    statement.setAllowUnknownNamedParameters(true);
    return statement;
  });
  database.exec("BEGIN");
  for (const [index, port] of ports.entries()) {
    for (const copy of copies) copy.run({ name: `hello-${index}`, port });
  }
  database.exec("COMMIT");
  database.close();
}
