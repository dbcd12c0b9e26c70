import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What is known of whoever asks, by the connection and by what trusted proxies say. */
export interface Proxies {
  /** Of the client: the connection's, or what a trusted proxy says; empty when there is none. */
  addressOf(request: IncomingMessage): string;
  /** What a trusted proxy says of the client's own connection; undefined when nobody who is trusted says. */
  schemeOf(request: IncomingMessage): "http" | "https" | undefined;
  isTrusted(address: string | undefined): boolean;
}

/** `trusted`: addresses and networks in CIDR notation. Nobody else is believed: anyone can send such headers. */
export function createProxies(trusted: readonly string[]): Proxies {
  const networks = trusted.map((text) =>
    text.includes("/")
      ? ipaddr.parseCIDR(text)
      : ipaddr.parseCIDR(`${text}/${text.includes(":") ? 128 : 32}`),
  );
  const isTrusted = (address: Address | undefined) =>
    address !== undefined &&
    networks.some((network) => network[0].kind() === address.kind() && address.match(network));

  return {
    addressOf({ socket, headers }) {
      let client = toAddress(socket.remoteAddress);
      // From the right: each proxy adds whom it was asked by, and only those that are trusted are believed.
      const hops = toList(headers["x-forwarded-for"]).reverse();
      for (const hop of hops) {
        if (!isTrusted(client)) break;
        const before = toAddress(hop);
        if (!before) break;
        client = before;
      }
      return client?.toString() ?? "";
    },
    schemeOf({ socket, headers }) {
      if (!isTrusted(toAddress(socket.remoteAddress))) return undefined;
      const [scheme] = toList(headers["x-forwarded-proto"]);
      return scheme === "https" || scheme === "http" ? scheme : undefined;
    },
    isTrusted: (address) => isTrusted(toAddress(address)),
  };
}

/** Headers that only proxies, tunnels and what stands at the edge of a network add. */
const added =
  /^(forwarded|via|client-ip|cdn-loop|(x-)?(forwarded|real|original|client|cluster-client|true-client|remote|envoy|appengine|azure|arr)-.+|x-forwarded|x-amzn-trace-id|x-amz-cf-.+|x-cloud-trace-context|x-proxyuser-ip|(true-client|fastly-client|fly-client)-ip|fly-.+|cf-.+|tailscale-.+|ngrok-.+)$/;

/** The name of the first header that tells that a request came through a proxy. */
export function proxyHeader(headers: IncomingHttpHeaders): string | undefined {
  return Object.keys(headers).find((name) => added.test(name));
}

/** The part of the internet that an address counts as: an IPv6 customer has 2^64 of them, and often 2^80. */
export function toNetworks(address: string): readonly string[] {
  if (!ipaddr.IPv6.isValid(address)) return [address];
  const parts = ipaddr.IPv6.parse(address).parts.map((part) => part.toString(16));
  return [`${parts.slice(0, 4).join(":")}::/64`, `${parts.slice(0, 3).join(":")}::/48`];
}

function toList(header: string | readonly string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .flatMap((text) => text.split(","))
    .map((text) => text.trim());
}

/** Some proxies add the port. */
function toAddress(text: string | undefined): Address | undefined {
  const bare = (text ?? "").replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^(\d+(?:\.\d+){3}):\d+$/, "$1");
  return ipaddr.isValid(bare) && !/^\d+$/.test(bare) ? ipaddr.process(bare) : undefined;
}
