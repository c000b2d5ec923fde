import { isIPv6 } from "node:net";

/**
 * The form under which an address is counted: an IPv4 address as it is, however it is written; of an IPv6 address its
 * network, the first 64 bits, since a client that has one address has all of them. Any other text as it is.
 */
export function networkOf(address: string): string {
  // A zone names the interface of this machine that leads to the address.
  const [plain = ""] = address.trim().split("%", 1);
  if (!isIPv6(plain)) return plain;
  const groups = groupsOf(plain);
  const ipv4 = mappedIpv4(groups);
  return (
    ipv4 ??
    `${groups
      .slice(0, 4)
      .map((group) => group.toString(16))
      .join(":")}::/64`
  );
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // A URL has only one way to write an address: small letters, no IPv4 part, and `::` for its longest run of zeros.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = [], tail = []] = hostname.slice(1, -1).split("::").map(numbersOf);
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function numbersOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

/** An IPv4 client of a socket that listens for both. */
function mappedIpv4(groups: readonly number[]): string | undefined {
  const [marker, high = 0, low = 0] = groups.slice(5);
  if (marker !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
