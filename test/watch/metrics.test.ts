import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createMetrics } from "../../src/watch/metrics.ts";
import { createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

async function watched(t: TestContext, more: { concurrency?: number } = {}) {
  const load = { drawing: 0, waiting: 0 };
  const metrics = createMetrics("1.2.3", () => load);
  const studio = await createStudio({ ...more, meter: metrics.meter });
  t.after(() => studio.close());
  /** Each sample by its name and labels, as Prometheus reads them. */
  const samples = async (): Promise<ReadonlyMap<string, number>> => {
    const lines = (await metrics.text()).split("\n").filter((line) => line && !line.startsWith("#"));
    return new Map(
      lines.map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
    );
  };
  return { load, metrics, studio, samples };
}

const told = (outcome: string) => `drawbridge_turns_total{adapter="paper",outcome="${outcome}"}`;

test("a picture is measured from being taken to being seen, with its tokens and its cost", async (t) => {
  const { studio, samples, metrics } = await watched(t);
  const held = studio.hold();
  const reply = studio.adapter.reply();
  const said = studio.say("a fox in snow", {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  held.release();
  const { last } = await said;
  assert.equal(last.phase, "done");
  await until(async () => (await samples()).get(told("done")) === 1, "the turn to be told of");
  const found = await samples();
  const model = "gpt-image-2.5-sunburst";
  for (const name of ["acknowledged", "line", "first_sketch", "picture", "shown"]) {
    assert.equal(found.get(`drawbridge_${name}_seconds_count{adapter="paper"}`), 1, name);
  }
  const sum = (name: string) => found.get(`drawbridge_${name}_seconds_sum{adapter="paper"}`) ?? Number.NaN;
  assert.ok(sum("first_sketch") <= sum("picture") && sum("picture") <= sum("shown"), await metrics.text());
  assert.equal(found.get(`drawbridge_pictures_total{adapter="paper",model="${model}"}`), 1);
  const { tokens, cost } = last.details ?? {};
  assert.ok(tokens && cost && cost.usd > 0);
  const labels = `adapter="paper",model="${model}"`;
  assert.equal(found.get(`drawbridge_tokens_total{${labels},direction="input"}`), tokens.input);
  assert.equal(found.get(`drawbridge_tokens_total{${labels},direction="output"}`), tokens.output);
  assert.equal(found.get(`drawbridge_cost_dollars_total{${labels}}`), cost.usd);
  assert.equal(found.get('drawbridge_info{version="1.2.3"}'), 1);
  assert.ok(found.has("nodejs_eventloop_lag_p99_seconds"));
});

test("what is refused, fails, or is cancelled is counted by why", async (t) => {
  const { studio, samples } = await watched(t);
  await studio.say("[refuse] this");
  studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
  await studio.say("a fox");
  await studio.say("", { addressed: true });
  const reply = studio.adapter.reply();
  studio.hold();
  const over = studio.say("a slow fox", {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  await studio.press("cancel", reply.key);
  await over;
  await until(async () => (await samples()).get(told("cancelled")) === 1, "all of it to be told of");
  const found = await samples();
  const errors = (code: string) => found.get(`drawbridge_errors_total{adapter="paper",code="${code}"}`);
  assert.equal(found.get('drawbridge_refusals_total{adapter="paper"}'), 1);
  assert.deepEqual(
    [errors("refused"), errors("auth"), errors("bad_prompt"), errors("stopped")],
    [1, 1, 1, 1],
  );
  assert.equal(found.get(told("failed")), 2);
  assert.equal(found.get(told("done")), undefined);
});

test("what is drawn and what waits is told as it is when it is asked for", async (t) => {
  const { load, samples } = await watched(t);
  assert.equal((await samples()).get("drawbridge_turns_drawing"), 0);
  Object.assign(load, { drawing: 4, waiting: 17 });
  const found = await samples();
  assert.deepEqual([found.get("drawbridge_turns_drawing"), found.get("drawbridge_turns_waiting")], [4, 17]);
});
