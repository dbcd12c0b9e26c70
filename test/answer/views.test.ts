import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createDrawing, type Drawing } from "../../src/answer/drawing.ts";
import * as views from "../../src/answer/views.ts";
import { BotError, type ErrorCode } from "../../src/seam/errors.ts";
import { createLog } from "../../src/seam/log.ts";
import type { Details, Image, View } from "../../src/seam/view.ts";
import { flat } from "../rig/pictures.ts";
import { ada, limits } from "../rig/studio.ts";

const image: Image = { name: "a.png", mediaType: "image/png", bytes: new Uint8Array(1), alt: "a fox" };
const details: Details = {
  prompt: "a fox",
  revisedPrompt: "A red fox.",
  options: [
    { name: "size", requested: "1536x1024", applied: "1024x1024" },
    { name: "quality", requested: "low", applied: "low" },
    { name: "format", applied: "png" },
    { name: "fidelity", requested: "high" },
  ],
  elapsedMs: 12_345,
  tokens: { input: 10, output: 272 },
  cost: { usd: 0.00816, pricesOf: "2026-11-01" },
  painter: "OpenAI",
};
const work = { notes: ["a note"], parent: "m:0" as const, drawings: [] };

function drawing(more: Partial<Drawing> = {}): Drawing {
  const log = createLog("silent");
  return Object.assign(createDrawing({ prompt: "a fox", index: 0, limits, log }), more);
}

describe("each view for its phase", () => {
  const done = { message: "m:1", text: "", notes: [], files: [], details, areas: false } as const;
  const cases: readonly [string, View, Partial<View>][] = [
    ["next in line", views.queuedView(1), { phase: "queued", status: "Next in line", actions: ["cancel"] }],
    [
      "soon",
      views.queuedView(1, false, 39_100),
      { phase: "queued", status: "Next in line, starting in about 40 s" },
    ],
    [
      "later",
      views.queuedView(2, true, 100_000),
      {
        phase: "queued",
        status: "2 pictures ahead of yours, starting in about 2 min: who has fewer in line goes first",
      },
    ],
    ["further back", views.queuedView(3), { phase: "queued", status: "3 pictures ahead of yours" }],
    [
      "further back than before",
      views.queuedView(1200, true),
      { phase: "queued", status: "1,200 pictures ahead of yours: who has fewer in line goes first" },
    ],
    [
      "at work",
      views.workingView(work, "Drawing"),
      {
        phase: "working",
        status: "Drawing",
        notes: ["a note"],
        parent: "m:0",
        images: [],
        actions: ["cancel"],
      },
    ],
    [
      "one picture",
      views.doneView({ ...done, images: [image], parent: "m:0" }),
      {
        phase: "done",
        head: "m:1",
        parent: "m:0",
        actions: ["edit", "vary", "redo", "reference", "rephrase", "undo", "forward", "details", "delete"],
      },
    ],
    [
      "two pictures",
      views.doneView({ ...done, images: [image, image] }),
      {
        actions: [
          "pick1",
          "pick2",
          "edit",
          "vary",
          "redo",
          "reference",
          "rephrase",
          "undo",
          "forward",
          "details",
          "delete",
        ],
      },
    ],
    [
      "more than can be picked",
      views.doneView({ ...done, images: Array(6).fill(image) }),
      {
        actions: [
          "pick1",
          "pick2",
          "pick3",
          "pick4",
          "edit",
          "vary",
          "redo",
          "reference",
          "rephrase",
          "undo",
          "forward",
          "details",
          "delete",
        ],
      },
    ],
    [
      "words",
      views.doneView({ ...done, text: "It is a fox.", images: [] }),
      { text: "It is a fox.", actions: ["redo", "rephrase", "delete"] },
    ],
    [
      "cancelled, to be run again",
      views.cancelledView(true, work),
      { phase: "cancelled", status: "Cancelled", actions: ["redo", "rephrase"], notes: ["a note"] },
    ],
    ["cancelled for good", views.cancelledView(false, work), { phase: "cancelled", actions: [] }],
    [
      "deleted",
      views.deletedView(ada),
      { phase: "cancelled", status: "Deleted by Ada", images: [], actions: [] },
    ],
    ["undone", views.undoneView("m:0"), { phase: "done", head: "m:0", audience: "asker" }],
    ["undone to the beginning", views.undoneView(null), { phase: "done", head: null, audience: "asker" }],
    ["redone", views.redoneView("m:1"), { phase: "done", head: "m:1", audience: "asker" }],
    ["redone to the beginning", views.redoneView(null), { phase: "done", head: null, audience: "asker" }],
    ["a notice", views.noticeView("Hello."), { phase: "done", text: "Hello.", audience: "asker" }],
    ["picked", views.pickedView(2, "m:1"), { head: "m:1", audience: "asker" }],
  ];
  for (const [what, view, expected] of cases) {
    test(what, () => {
      const shown = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(view, key)]));
      assert.deepEqual(shown, expected);
    });
  }

  test("a picture that could not be saved is shown, without buttons, and says so", () => {
    const view = views.forgottenView(views.doneView({ ...done, images: [image] }));
    assert.equal(view.images.length, 1);
    assert.deepEqual(view.actions, []);
    assert.ok(!("head" in view));
    assert.match(view.notes.join(), /My memory failed.*attach it/);
  });

  const failures: readonly [ErrorCode, readonly string[]][] = [
    ["refused", ["rephrase"]],
    ["rejected", ["rephrase"]],
    ["busy", ["redo", "rephrase"]],
    ["unreachable", ["redo", "rephrase"]],
    ["internal", ["redo", "rephrase"]],
  ];
  for (const [code, actions] of failures) {
    test(`failed (${code}) offers ${actions.join(" and ")}, where it can be run again`, () => {
      const error = new BotError(code, "What to do.");
      assert.deepEqual(views.failedView(error, true, work).actions, actions);
      assert.deepEqual(views.failedView(error, false).actions, []);
      assert.equal(views.failedView(error, true).text, "What to do.");
      assert.equal(views.failedView(error, true).phase, "failed");
    });
  }
});

describe("what is there is shown on the way, and when it ends badly", () => {
  test("words and sketches of all that are drawn", async () => {
    const drawings = [drawing(), drawing(), drawing()];
    await drawings[0]?.take({ kind: "text", delta: "Here." });
    await drawings[1]?.take({ kind: "partial", index: 0, bytes: await flat("#123") });
    for (const view of [
      views.workingView({ ...work, drawings }, "Drawing"),
      views.cancelledView(true, { ...work, drawings }),
    ]) {
      assert.equal(view.text, "Here.");
      assert.equal(view.images.length, 1);
      assert.equal(view.images[0]?.alt, "A sketch, still being drawn");
    }
    const failed = views.failedView(new BotError("busy", "Later."), true, { ...work, drawings });
    assert.equal(failed.text, "Later.");
    assert.equal(failed.images.length, 1);
  });
});

describe("where the drawing stands", () => {
  const picture = { callId: "1", bytes: new Uint8Array(), mediaType: "image/png", applied: {} };
  const cases: readonly [string, readonly Partial<Drawing>[], string][] = [
    ["at the start", [{}], "Drawing"],
    ["with none yet", [], "Drawing"],
    ["with a sketch", [{ sketches: 2 }], "Drawing, sketch 2"],
    ["with the picture", [{ sketches: 2, pictures: [picture] }], "Finishing"],
    ["in words", [{ text: "It" }], "Answering"],
    ["while OpenAI is busy", [{ waitingMs: 4200 }], "OpenAI is busy, trying again in 5 s"],
    ["of several", [{ pictures: [picture] }, {}, {}], "Drawing 3 pictures, 1 done"],
    ["of several, one of them waiting", [{}, { waitingMs: 1000 }], "OpenAI is busy, trying again in 1 s"],
  ];
  for (const [what, drawings, status] of cases) {
    test(`${what}: ${status}`, () => assert.equal(views.progressStatus(drawings.map(drawing)), status));
  }

  test("when some of several failed", () => {
    const reason = new BotError("refused", "It was refused.");
    assert.equal(views.partlyFailed(1, 3, reason), "1 of 3 pictures could not be drawn. It was refused.");
    assert.match(views.partlyFailed(1, 2, new TypeError("x")), /Something went wrong on my side/);
  });
});

describe("the details in words", () => {
  test("say what was asked for, what was applied, and what it took", () => {
    const { text, audience } = views.detailsView(details);
    assert.equal(audience, "asker");
    assert.equal(
      text,
      [
        "**Prompt** a fox",
        "**Drawn from** A red fox.",
        "**size** 1024x1024 (asked for: 1536x1024)",
        "**quality** low",
        "**format** png",
        "**fidelity** left out (asked for: high)",
        "**Time** 12.3 s",
        "**Tokens** 10 in, 272 out",
        "**Cost** about $0.008, by the prices of 2026-11-01",
        "**Drawn by** OpenAI",
      ].join("\n"),
    );
  });

  test("leave out what is not known", () => {
    const { revisedPrompt: _r, tokens: _t, cost: _c, ...rest } = details;
    assert.doesNotMatch(views.detailsView({ ...rest, options: [] }).text, /Drawn from|Tokens|Cost|undefined/);
  });
});
