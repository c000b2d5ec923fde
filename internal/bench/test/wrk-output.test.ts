import { expect, test } from "vitest";
import { parseWrk } from "../src/load/wrk-output.ts";

const calm = `Running 1s test @ http://127.0.0.1:8080/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.63ms    1.02ms  41.77ms   97.58%
    Req/Sec    40.12k     2.61k   43.12k    80.00%
  39914 requests in 1.00s, 7.50MB read
Requests/sec:  39853.11
Transfer/sec:      7.49MB
`;

test("reads the rate", () => {
  expect(parseWrk(calm)).toEqual({ requests: 39_914, requestsPerSecond: 39_853.11, failures: 0 });
});

test("counts failed connections and unsuccessful answers", () => {
  const text = calm.replace(
    "Requests/sec",
    "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 10\nRequests/sec",
  );
  expect(parseWrk(text).failures).toBe(20);
});

test("refuses any other text", () => {
  expect(() => parseWrk("unable to connect to 127.0.0.1:8080 Connection refused")).toThrow("Connection refused");
});
