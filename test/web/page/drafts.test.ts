import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Mask } from "../../../adapters/web/page/mask/history.ts";
import {
  addPictures,
  anchorMask,
  type Draft,
  type DraftPicture,
  draftFiles,
  draftProblem,
  emptyDraft,
  formatDraft,
  movePicture,
  parseDraft,
  removePicture,
  restoreFiles,
  sentDraft,
  setOption,
  setTarget,
} from "../../../adapters/web/page/state/drafts.ts";

const limits = { attachments: 2, bytes: 10, text: 20 };

describe("a draft", () => {
  it("keeps its options when it is sent, and nothing else", () => {
    const draft: Draft = {
      ...emptyDraft,
      text: "a boat",
      options: { size: "auto" },
      target: { answer: "a" },
    };
    assert.deepEqual(sentDraft(draft), { ...emptyDraft, options: { size: "auto" } });
  });

  it("takes pictures up to the limits and says which it left out", () => {
    const { draft, problems } = addPictures(
      emptyDraft,
      [file("one", 5), file("huge", 11), reuse("two"), reuse("three")],
      limits,
    );
    assert.deepEqual(names(draft), ["one", "two"]);
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? "", /huge/);
    assert.match(problems[1] ?? "", /three/);
  });

  it("says in one line what was left out, so that nothing goes unsaid", () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => file(`p${at}`, 1));
    const [line, ...others] = addPictures(emptyDraft, names(6), limits).problems;
    assert.deepEqual(others, []);
    assert.match(line ?? "", /up to 2 pictures, so “p2”, “p3”, “p4”, “p5” were left out/);
    assert.match(addPictures(emptyDraft, names(9), limits).problems[0] ?? "", /7 of yours were left out/);
  });

  it("does not take a picture of the conversation twice", () => {
    const { draft } = addPictures(emptyDraft, [reuse("one")], limits);
    assert.equal(addPictures(draft, [reuse("one")], limits).draft.pictures.length, 1);
  });

  it("moves a picture, and drops a mask that is no longer on the first one", () => {
    const draft = { ...emptyDraft, pictures: [reuse("1"), reuse("2"), reuse("3")], mask: mask("1") };
    assert.deepEqual(names(movePicture(draft, "3", 1)), ["1", "3", "2"]);
    assert.ok(movePicture(draft, "3", 1).mask);
    assert.equal(movePicture(draft, "3", 0).mask, undefined);
    assert.equal(movePicture(draft, "3", 9), draft);
  });

  it("puts the painted picture first among the attached ones", () => {
    const onConversation = anchorMask({ ...emptyDraft, pictures: [reuse("2")], mask: mask("1") });
    assert.deepEqual(
      onConversation.pictures.map(({ src }) => src),
      ["1", "2"],
    );
    const onAttached = anchorMask({ ...emptyDraft, pictures: [reuse("2"), reuse("1")], mask: mask("1") });
    assert.deepEqual(names(onAttached), ["1", "2"]);
    const alone = { ...emptyDraft, mask: mask("1") };
    assert.equal(anchorMask(alone), alone);
  });

  it("loses the mask with the picture it was painted on", () => {
    const draft = { ...emptyDraft, pictures: [reuse("1"), reuse("2")], mask: mask("1") };
    assert.equal(removePicture(draft, "1").mask, undefined);
    assert.ok(removePicture(draft, "2").mask);
  });

  it("fills in the words of an action, and gives back what was typed when it is let go", () => {
    const typed = { ...emptyDraft, text: "typed" };
    const filled = setTarget(typed, { answer: "a", action: "rephrase" }, "a boat");
    assert.equal(filled.text, "a boat");
    assert.equal(setTarget(filled, undefined).text, "typed");
    const other = setTarget(filled, { answer: "b", action: "rephrase" }, "a tree");
    assert.equal(setTarget(other, undefined).text, "typed");
    assert.equal(setTarget(typed, { answer: "a" }).text, "typed");
  });

  it("keeps a mask while it aims at the same answer, and lets it go with it", () => {
    const aimed = { ...emptyDraft, target: { answer: "a" }, mask: mask("1") };
    assert.ok(setTarget(aimed, { answer: "a", action: "edit" }).mask);
    assert.equal(setTarget(aimed, { answer: "b" }).mask, undefined);
    assert.equal(setTarget(aimed, undefined).mask, undefined);
  });

  it("sets an option and takes it back", () => {
    const set = setOption(emptyDraft, "quality", "high");
    assert.deepEqual(set.options, { quality: "high" });
    assert.deepEqual(setOption(set, "quality", undefined).options, {});
  });

  it("says what is missing or too much", () => {
    assert.match(draftProblem(emptyDraft, limits) ?? "", /what to draw/);
    assert.match(draftProblem({ ...emptyDraft, pictures: [reuse("1")] }, limits) ?? "", /the picture/);
    assert.match(draftProblem({ ...emptyDraft, mask: mask("1") }, limits) ?? "", /painted area/);
    assert.match(draftProblem({ ...emptyDraft, text: "x".repeat(21) }, limits) ?? "", /21 characters/);
    assert.equal(draftProblem({ ...emptyDraft, text: "a boat" }, limits), undefined);
  });

  it("is kept as text, without files, and whatever else lies there is no draft", () => {
    const draft = {
      ...emptyDraft,
      text: "a boat",
      options: { size: "auto" },
      pictures: [reuse("1"), file("2", 1)],
    };
    assert.deepEqual(parseDraft(formatDraft(draft)), { ...draft, pictures: [reuse("1")] });
    for (const text of [null, "", "{", "7", "null", "[]"]) assert.deepEqual(parseDraft(text), emptyDraft);
  });

  it("finds its files again after a reload, in their order, with the mask on the right one", () => {
    const pictures = [file("1", 1), reuse("2")];
    const before = { ...emptyDraft, text: "a boat", pictures, mask: mask("1") };
    const files = draftFiles(before);
    assert.ok(files);
    const after = restoreFiles(parseDraft(formatDraft(before)), files, () => "blob:new");
    assert.deepEqual(names(after), ["1", "2"]);
    assert.deepEqual(
      after.pictures.map(({ src }) => src),
      ["blob:new", "2"],
    );
    assert.equal(after.mask?.src, "blob:new");
    assert.equal(draftFiles({ ...emptyDraft, pictures: [reuse("2")] }), undefined);
  });
});

function reuse(name: string): DraftPicture {
  return { kind: "reuse", key: name, name, src: name };
}

function file(name: string, bytes: number): DraftPicture {
  return { kind: "file", key: name, name, src: name, file: new Blob([new Uint8Array(bytes)]) };
}

function mask(src: string): Mask {
  return { file: new Blob([]), preview: "", src, strokes: [] };
}

function names({ pictures }: Draft): string[] {
  return pictures.map(({ name }) => name);
}
