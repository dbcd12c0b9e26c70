import assert from "node:assert/strict";
import { describe, test } from "node:test";
import sharp from "sharp";
import { createPainter } from "../../src/openai/painter.ts";
import type { EngineName } from "../../src/seam/options.ts";
import { createStandin, type Standin } from "../../src/standin/index.ts";
import { today } from "../rig/day.ts";
import { flat, masked } from "../rig/pictures.ts";
import { collect, commission, createTools, kinds, never, pictures } from "./commission.ts";

/** What a painter promises, whichever engine draws: the real SDK against the stand-in. */
for (const engine of ["responses", "images"] as const) {
  describe(`the painter by ${engine}`, { concurrency: 4 }, () => {
    test("names what it begins, shows sketches, a picture and what it used", async () => {
      await using stage = await createStage(engine);
      const painted = await collect(
        stage.begin(commission({ options: { size: "1024x1024", quality: "low" } })),
      );
      assert.deepEqual(kinds(painted), ["started", "partial", "partial", "picture", "final"]);
      const [picture] = pictures(painted);
      const { width, height } = await sharp(picture?.bytes).metadata();
      assert.deepEqual([width, height, picture?.mediaType], [1024, 1024, "image/png"]);
      assert.equal(picture?.applied.size, "1024x1024");
      assert.equal(picture?.applied.quality, "low");
      assert.equal(picture?.applied.action, "generate");
      const last = painted.at(-1);
      assert.ok(last?.kind === "final" && (last.usage?.image?.output ?? 0) > 0);
    });

    test("draws as many as are asked for, each another, and counts what they used once", async () => {
      await using stage = await createStage(engine);
      const paint = stage.paint(commission({ options: { count: 3, partials: 0 } }));
      const all = await Promise.all([0, 1, 2].map((place) => collect(paint(place, undefined))));
      const drawn = all.flatMap(pictures).map(({ bytes }) => Buffer.from(bytes).toString("base64"));
      assert.equal(new Set(drawn).size, 3);
      const outputs = all.flatMap((one) =>
        one.map((event) => (event.kind === "final" ? (event.usage?.image?.output ?? 0) : 0)),
      );
      const alone = await collect(stage.begin(commission({ name: "other", options: { partials: 0 } })));
      const last = alone.at(-1);
      assert.ok(last?.kind === "final");
      assert.equal(
        outputs.reduce((sum, one) => sum + one, 0),
        3 * (last.usage?.image?.output ?? 0),
      );
    });

    test("edits what it goes on from, and pictures that come along", async () => {
      await using stage = await createStage(engine);
      const before = await stage.drawn(await flat("#486", 256, 256), "a meadow");
      const inputs = [await stage.input(await flat("#c00", 64, 64))];
      const painted = await collect(stage.begin(commission({ text: "put it on the grass", before, inputs })));
      assert.equal(pictures(painted)[0]?.applied.action, "edit");
    });

    test("takes a mask", async () => {
      await using stage = await createStage(engine);
      const hole = await masked(256, 256, { left: 64, top: 64, width: 128, height: 128 });
      const inputs = [await stage.input(await flat("#486", 256, 256)), await stage.input(hole, "mask")];
      const painted = await collect(stage.begin(commission({ text: "add a lamp", inputs })));
      assert.equal(pictures(painted).length, 1);
    });

    for (const format of ["jpeg", "webp", "gif", "svg"] as const) {
      test(`draws a ${format}`, async () => {
        await using stage = await createStage(engine);
        const partials = format === "gif" ? { partials: 0 } : {};
        const painted = await collect(stage.begin(commission({ options: { format, ...partials } })));
        const mediaType = format === "svg" ? "image/svg+xml" : `image/${format}`;
        assert.equal(pictures(painted)[0]?.mediaType, mediaType);
        const last = painted.at(-1);
        assert.equal(last?.kind === "final" && last.usage?.svg !== undefined, format === "svg");
      });
    }

    test("says what was refused and why", async () => {
      await using stage = await createStage(engine);
      stage.standin.fault({ kind: "refuse", stage: "output", categories: ["violence"] });
      await assert.rejects(collect(stage.begin(commission())), { code: "refused", message: /violence/ });
    });

    test("names the option that the model does not take", async () => {
      await using stage = await createStage(engine);
      const options = { size: "1536x864" };
      await assert.rejects(
        collect(stage.begin(commission({ imageModel: "gpt-image-2.6-sunburst", options }))),
        { code: "rejected", option: "size" },
      );
    });

    test("waits for as long as OpenAI asks, and tries again what was not begun", async () => {
      await using stage = await createStage(engine);
      stage.standin.fault({ kind: "status", status: 429, headers: { "retry-after-ms": "1600" } });
      stage.standin.fault({ kind: "status", status: 503 });
      const painted = await collect(stage.begin(commission()));
      assert.ok(painted.some((one) => one.kind === "waiting" && one.ms === 1600));
      assert.equal(pictures(painted).length, 1);
    });

    test("asks for no more than is paid for: a key that is wrong, and an empty account", async () => {
      await using stage = await createStage(engine);
      stage.standin.fault({ kind: "status", status: 401 });
      await assert.rejects(collect(stage.begin(commission())), { code: "auth" });
      stage.standin.fault({ kind: "status", status: 429, code: "insufficient_quota" });
      await assert.rejects(collect(stage.begin(commission())), { code: "quota" });
      assert.equal(stage.asked(), 2);
    });

    test("does not show what is no picture", async () => {
      await using stage = await createStage(engine);
      stage.standin.fault({ kind: "garbage" });
      await assert.rejects(collect(stage.begin(commission())), {
        code: "unreachable",
        message: /cannot be opened/,
      });
    });

    test("lets go at once when it is aborted", async () => {
      await using stage = await createStage(engine);
      stage.standin.fault({ kind: "stall", after: 1 });
      const stop = new AbortController();
      const reason = new Error("cancelled");
      const painting = stage.painter.begin(commission(), stage.tools, stop.signal)(0, undefined);
      await painting.next();
      const next = (async () => {
        for await (const _ of painting);
      })();
      stop.abort(reason);
      await assert.rejects(next, reason);
    });
  });
}

async function createStage(engine: EngineName) {
  const standin: Standin = await createStandin({ paceMs: 20, flat: true, today, leastPixels: 256 * 256 });
  const made = await createTools(engine);
  const painter = createPainter({
    ...{ apiKey: "sk-test-0123456789", baseUrl: standin.url, standIn: true, log: made.tools.log },
    ...{ backoffMs: 2, pollMs: 2, idleMs: 10_000 },
  });
  const paint = (one: Parameters<typeof painter.begin>[0]) => painter.begin(one, made.tools, never);
  return {
    ...{ ...made, standin, painter, paint },
    begin: (one: Parameters<typeof painter.begin>[0]) => paint(one)(0, undefined),
    asked: () => standin.requests.filter(({ method }) => method === "POST").length,
    async [Symbol.asyncDispose]() {
      await standin.close();
    },
  };
}
