import { expect, test } from "vitest";
import { Port, reservedPorts } from "../src/index.ts";
import { expectError } from "./helpers.ts";

test("a number becomes a port, and a port stays the one it is", () => {
  expect(Port.from(8080)).toMatchObject({ port: 8080, name: undefined });
  const port = new Port(9000, "h2c");
  expect(Port.from(port)).toBe(port);
  expect(port.name).toBe("h2c");
});

test.each([8012, 8022, 8112, 9090, 9091])("port %i is Flyte's own", (port) => {
  expect(reservedPorts).toContain(port);
  expectError(() => new Port(port), "RESERVED_PORT", String(port));
});

test.each([0, -1, 65_536, 80.5, Number.NaN, "8080" as never])("port %s is refused", (port) => {
  expectError(() => Port.from(port), "INVALID_OPTION", "port", String(port), "1 to 65535");
});

test("the edges of the range are allowed", () => {
  expect(new Port(1).port).toBe(1);
  expect(new Port(65_535).port).toBe(65_535);
});

test("an empty port name is refused", () => {
  expectError(() => new Port(8080, ""), "INVALID_OPTION", "port name", "h2c");
});
