import { readFileSync } from "node:fs";
import { createHttp } from "../../../adapters/slack/wire/http/http.ts";
import { createLog } from "../../../src/seam/log.ts";

// A process that does nothing but listen to Slack, so that its memory is that of listening. It says its port, and
// answers each message with the most memory it ever had, in bytes.

const port = Number(process.argv[2]);
const gateway = createHttp(
  { kind: "http", signingSecret: "a secret", host: "127.0.0.1", port, path: "/slack/events" },
  createLog("silent"),
);
gateway.receiver.init({ processEvent: async ({ ack }: { ack(): Promise<void> }) => ack() } as never);
await gateway.open();
process.on("message", () => process.send?.(peak()));
process.on("disconnect", () => process.exit());
process.send?.("listening");

/** Of this process since it began, as Linux counts. */
function peak(): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(line?.[1]) * 1024;
}
