import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type Finding, ill, well } from "../seam/watch/finding.ts";

export interface AddressExamined {
  /** Where the playground and the pages listen. */
  readonly http: { readonly host: string; readonly port: number };
  /** Where people reach it from outside; absent: they do not. */
  readonly publicUrl?: string;
}

/** Ms for an answer. */
const limitMs = 10_000;

/**
 * Whether the port can be had, and whether the address outside leads to it: by asking there for what answers here. Where
 * no bot listens yet, the doctor does so meanwhile. Never rejects.
 */
export async function examineAddress({ http, publicUrl }: AddressExamined): Promise<readonly Finding[]> {
  const mark = randomUUID();
  const listening = await listen(http, mark);
  try {
    const port = await sayPort(listening, http);
    if (!publicUrl || port.state === "error") return [port];
    const isBot = !("server" in listening);
    return [port, ...saySecure(publicUrl), await sayOutside(publicUrl, isBot ? undefined : mark)];
  } finally {
    if ("server" in listening) {
      listening.server.closeAllConnections();
      listening.server.close();
    }
  }
}

type Listening = { readonly server: Server } | { readonly code: string };

async function listen({ host, port }: AddressExamined["http"], mark: string): Promise<Listening> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, mark }));
  });
  try {
    server.listen(port, host);
    await once(server, "listening");
    return { server };
  } catch (error) {
    return { code: error instanceof Error && "code" in error ? String(error.code) : "" };
  }
}

async function sayPort(listening: Listening, { host, port }: AddressExamined["http"]): Promise<Finding> {
  const id = "address.port";
  if ("server" in listening) return well(id, `Port ${port} of ${host} is free`);
  switch (listening.code) {
    case "EADDRINUSE": {
      const answer = await ask(`http://${toLocal(host)}:${port}/health`);
      if (isOurs(answer)) return well(id, `The bot listens at port ${port} of ${host}`);
      return ill(
        id,
        "error",
        `Port ${port} is another program's`,
        `End that program, or set PORT to another, e.g. ${port + 1}.`,
      );
    }
    case "EACCES":
      return ill(id, "error", `Port ${port} is for the system only`, "Set PORT to one above 1023.");
    default:
      return ill(
        id,
        "error",
        `${host} is no address of this machine`,
        "Set HOST to one that is, e.g. 127.0.0.1.",
      );
  }
}

function toLocal(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

/** What came back, or why nothing did. */
type Answer =
  | { readonly status: number; readonly location: string | null; readonly body: unknown }
  | { readonly code: string };

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(limitMs) });
    const text = await beginningOf(response);
    return { status: response.status, location: response.headers.get("location"), body: toJson(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    return { code: code || (error instanceof Error ? error.name : "") };
  }
}

/** Whatever answers there may be another program: as much of it is read as a health check says, and no more. */
async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > 10_000) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOurs(answer: Answer, mark?: string): boolean {
  if (!("status" in answer) || answer.status !== 200) return false;
  const { body } = answer;
  if (typeof body !== "object" || body === null || !("ok" in body) || body.ok !== true) return false;
  return mark === undefined || ("mark" in body && body.mark === mark);
}

function saySecure(publicUrl: string): readonly Finding[] {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname)) return [];
  const mend =
    "Have a reverse proxy (Caddy, nginx, a tunnel) end TLS, and set PUBLIC_URL to its https address.";
  return [ill("address.tls", "warning", "What goes through PUBLIC_URL can be read on its way", mend)];
}

/** `mark`: what answers here while the doctor listens; absent where the bot does. */
async function sayOutside(publicUrl: string, mark: string | undefined): Promise<Finding> {
  const id = "address.outside";
  const url = `${publicUrl}/health`;
  const answer = await ask(url);
  if (isOurs(answer, mark)) return well(id, `${publicUrl} leads here`);
  if ("code" in answer) return sayUnreached(answer.code, publicUrl);
  const { status, location } = answer;
  if (status >= 300 && status < 400) {
    const words = `${publicUrl} sends people on to ${location ?? "nowhere"}`;
    return ill(
      id,
      "error",
      words,
      "Set PUBLIC_URL to the address at the end of that, or take the redirect out of the proxy.",
    );
  }
  if (status === 401 || status === 403) {
    const mend =
      "Have the proxy let everybody through to /area/ and /health: those pages have keys of their own.";
    return ill(id, "error", `${publicUrl} asks for a password, or lets nobody in (${status})`, mend);
  }
  if (status >= 500) {
    const mend =
      "Have the proxy pass requests on to HOST and PORT. In a container HOST is 0.0.0.0, and the port is published.";
    return ill(id, "error", `The proxy at ${publicUrl} does not reach this machine (${status})`, mend);
  }
  return ill(
    id,
    "error",
    `${publicUrl} leads to something else (${status})`,
    "Correct PUBLIC_URL, or have the proxy pass that path on to HOST and PORT.",
  );
}

function sayUnreached(code: string, publicUrl: string): Finding {
  const { hostname } = new URL(publicUrl);
  const [words, mend] = toReason(code, hostname);
  return ill("address.outside", "error", words, mend);
}

function toReason(code: string, host: string): readonly [string, string] {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return [`There is no address for the name ${host}`, "Add it to your DNS, or correct PUBLIC_URL."];
  if (code === "ECONNREFUSED")
    return [
      `Nobody listens at ${host}`,
      "Start the proxy or the tunnel that PUBLIC_URL names, or correct its port.",
    ];
  if (code === "CERT_HAS_EXPIRED")
    return [`The certificate of ${host} has run out`, "Renew it: see why the proxy did not."];
  if (/CERT|SIGNATURE|TLS|SSL|ALTNAME/.test(code))
    return [
      `The certificate of ${host} is not good (${code})`,
      "Have the proxy get one for that name, e.g. from Let's Encrypt.",
    ];
  return [
    `${host} does not answer from here (${code})`,
    "Open the port in the firewall. Where your router leads nobody back to itself, try the address from a phone.",
  ];
}
