import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { networkOf } from "@appenv-internal/http/network-of";
import { rateLimiter } from "../src/http/rate-limiter.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:c000:207", "192.0.2.7"],
  ["0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:0002:ffff::9", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::1:0:0:1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:1::", "2001:db8:0:0::/64"],
  ["2001:db8:0:1::1", "2001:db8:0:1::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
  [" 192.0.2.7 ", "192.0.2.7"],
  ["", ""],
  ["somebody", "somebody"],
])("%j counts as %j", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

function of(address: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers["x-real-ip"] = address;
  return request;
}

test("addresses of one network share a limit, those of two do not, whoever tells them", async () => {
  const limiter = rateLimiter({ requests: 2, per: "10m", address: ({ headers }) => String(headers["x-real-ip"]) });
  await limiter?.count(of("2001:db8::1"));
  await limiter?.count(of("2001:db8::a:b:c:d"));
  await expect(limiter?.count(of("2001:db8:0:0:ffff::1"))).rejects.toMatchObject({ status: 429 });
  await expect(limiter?.count(of("2001:db8:0:1::1"))).resolves.toBeUndefined();
  await limiter?.count(of("::ffff:192.0.2.7"));
  await limiter?.count(of("192.0.2.7"));
  await expect(limiter?.count(of("::ffff:c000:207"))).rejects.toMatchObject({ status: 429 });
});
