import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { heldValue, toGroups, whyIdle } from "../../../adapters/web/page/options/groups.ts";
import { emptyDraft } from "../../../adapters/web/page/state/drafts.ts";
import { toRetry } from "../../../adapters/web/page/state/retry.ts";
import { firstState } from "../../../adapters/web/page/state/store.ts";
import { inWords, toStyleName } from "../../../adapters/web/page/text/format.ts";
import type { WireAnswer, WireAsk, WireStyle } from "../../../adapters/web/wire/messages.ts";
import { type OptionSpec, optionSpecs } from "../../../src/seam/options.ts";

const ink: WireStyle = {
  name: "ink",
  scope: "mine",
  instruction: "loose ink",
  options: { quality: "high" },
  pictures: [],
};

describe("the options of the page", () => {
  test("lose none to the grouping, not even one that the page has never heard of", () => {
    const novel = {
      name: "mood",
      label: "Mood",
      hint: "",
      kind: "choice",
      unset: "",
    } as unknown as OptionSpec;
    const grouped = toGroups([...optionSpecs, novel]).flatMap(({ specs }) => specs);
    assert.deepEqual(new Set(grouped), new Set([...optionSpecs, novel]));
    assert.equal(grouped.length, optionSpecs.length + 1);
  });

  test("show what people change most, and fold the rest under a title", () => {
    const [first, ...others] = toGroups(optionSpecs);
    assert.deepEqual(
      first?.specs.map(({ name }) => name),
      ["size", "quality", "count", "style"],
    );
    assert.equal(first.title, undefined);
    for (const { title } of others) assert.ok(title);
  });

  test("say why one would change nothing, and only then", () => {
    assert.match(whyIdle("frames", "png", false) ?? "", /choose GIF/);
    assert.equal(whyIdle("frames", "gif", false), undefined);
    assert.match(whyIdle("compression", "gif", false) ?? "", /JPEG and WebP/);
    assert.equal(whyIdle("compression", "webp", false), undefined);
    assert.match(whyIdle("outside", "png", false) ?? "", /paint a mask/);
    assert.equal(whyIdle("outside", "png", true), undefined);
    assert.equal(whyIdle("size", "png", false), undefined);
  });

  test("take what is not set from the style, else from the defaults", () => {
    const mine = { quality: "low", size: "1024x1024" } as const;
    const defaults = { mine, channel: { quality: "max", count: 2 } } as const;
    const inInk = { ...emptyDraft, options: { style: "ink" } };
    assert.deepEqual(heldValue("quality", inInk, [ink], defaults), { value: "high", from: "style" });
    assert.deepEqual(heldValue("size", inInk, [ink], defaults), { value: "1024x1024", from: "mine" });
    assert.deepEqual(heldValue("quality", emptyDraft, [ink], defaults), { value: "low", from: "mine" });
    assert.deepEqual(heldValue("quality", emptyDraft, [ink], { mine: {}, channel: { style: "ink" } }), {
      value: "high",
      from: "style",
    });
    assert.deepEqual(heldValue("count", inInk, [ink], defaults), { value: 2, from: "channel" });
    assert.equal(heldValue("format", inInk, [ink], defaults), undefined);
  });
});

test("options are said in one line, with the name of those whose value would not tell", () => {
  const options = { count: 2, quality: "high", size: "1536x1024", fidelity: "low", style: "ink" } as const;
  assert.equal(inWords(optionSpecs, options), "Wide · High · Fidelity Low · Pictures 2 · Style ink");
  assert.equal(inWords(optionSpecs, {}), "");
});

test("a style's name is made of what a person typed", () => {
  assert.equal(toStyleName("Ink Wash!"), "ink-wash");
  assert.equal(toStyleName("  Café № 3 "), "cafe-no-3");
  assert.equal(toStyleName("--size wide"), "size-wide");
  assert.equal(toStyleName("水墨"), "");
  assert.match(toStyleName(`${"a".repeat(31)} b`), /^a{31}$/);
});

test("what could not be tried comes back as a draft, with the pictures that are here", async () => {
  const picture = {
    src: "/pictures/a.png",
    name: "a.png",
    alt: "a.png",
    mediaType: "image/png",
    width: 8,
    height: 6,
  };
  const ask: WireAsk = {
    kind: "ask",
    id: "ask",
    thread: "t",
    createdAt: 0,
    text: "put it on a mug",
    options: { quality: "high" },
    pictures: [picture],
    replyTo: "answer",
    action: "edit",
  };
  const answer: WireAnswer = {
    kind: "answer",
    id: "answer",
    thread: "t",
    createdAt: 0,
    ask: "before",
    view: { phase: "done", text: "", notes: [], images: [], actions: [] },
  };
  const state = { ...firstState("t"), messages: new Map([["t", [answer, ask]]]) };
  assert.deepEqual(await toRetry(ask, state), {
    text: "put it on a mug",
    options: { quality: "high" },
    pictures: [{ kind: "reuse", key: picture.src, name: "a.png", src: picture.src }],
    target: { answer: "answer", action: "edit" },
    mask: undefined,
  });
  const orphan = await toRetry(ask, firstState("t"));
  assert.equal(orphan.target, undefined, "the picture it answered has been deleted");
});
