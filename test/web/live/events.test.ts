import assert from "node:assert/strict";
import { test } from "node:test";
import { createEvents } from "../../../adapters/web/live/events.ts";

test("a page on which nothing happens hears that the server is there", async () => {
  const events = createEvents({ boot: "1", heartbeatMs: 1 });
  const reader = events.open(() => {}).getReader();
  const read = async () => Buffer.from((await reader.read()).value ?? []).toString();
  assert.match(await read(), /"type":"hello"/);
  assert.equal(await read(), 'data: {"type":"beat"}\n\n');
  events.close();
});
