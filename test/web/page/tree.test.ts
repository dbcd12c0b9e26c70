import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Tree, toTree, walk } from "../../../adapters/web/page/panels/tree.ts";
import type { WireAnswer, WireAsk, WireMessage } from "../../../adapters/web/wire/messages.ts";

describe("the version tree", () => {
  it("draws a line of changes straight down", () => {
    assert.deepEqual(places(toTree([picture("1"), picture("2", "1"), picture("3", "2")])), {
      1: [0, 0],
      2: [1, 0],
      3: [2, 0],
    });
  });

  it("puts branches beside each other, each in a column that is free all the way down", () => {
    const tree = toTree([
      picture("1"),
      picture("2", "1"),
      picture("3", "2"),
      picture("4", "1"),
      picture("5", "4"),
      picture("6", "2"),
    ]);
    assert.deepEqual(places(tree), { 1: [0, 0], 2: [1, 0], 3: [2, 0], 6: [2, 1], 4: [1, 2], 5: [2, 2] });
    assert.equal(new Set(tree.nodes.map(({ row, column }) => `${row} ${column}`)).size, 6);
    assert.deepEqual([tree.rows, tree.columns], [3, 3]);
  });

  it("gives every picture a place of its own, never to the left of its parent", () => {
    const messages = [picture("0")];
    let random = 7;
    for (let at = 1; at < 300; at += 1) {
      random = (random * 48_271) % 2_147_483_647;
      messages.push(picture(`${at}`, random % 9 === 0 ? undefined : `${random % at}`));
    }
    const { nodes } = toTree(messages);
    assert.equal(new Set(nodes.map(({ row, column }) => `${row} ${column}`)).size, 300);
    for (const { row, column, parent } of nodes) {
      const above = nodes.find(({ id }) => id === parent);
      if (above) assert.ok(column >= above.column && row === above.row + 1);
    }
  });

  it("begins a fresh start below everything before it", () => {
    assert.deepEqual(places(toTree([picture("1"), picture("2", "1"), picture("3")])), {
      1: [0, 0],
      2: [1, 0],
      3: [2, 0],
    });
  });

  it("passes over answers in words, failed ones, a style's pictures and parents that are gone", () => {
    const style = picture("style", undefined, { aside: true });
    const words = picture("words", "1", { images: [] });
    const failed = picture("failed", "1", { phase: "failed" });
    const tree = toTree([picture("1"), words, failed, style, picture("2", "words"), picture("3", "gone")]);
    assert.deepEqual(
      tree.nodes.map(({ id, parent }) => [id, parent]),
      [
        ["1", undefined],
        ["2", "1"],
        ["3", undefined],
      ],
    );
  });

  it("guesses where a picture belongs that is only being drawn", () => {
    const drawing = picture("new", undefined, { phase: "working", images: [] });
    const parent = (asked: Partial<WireAsk>) => {
      const ask = { kind: "ask", id: "q", thread: "t", createdAt: 1, text: "", options: {}, pictures: [] };
      const messages = [picture("1"), picture("2", "1"), { ...ask, ...asked } as WireAsk, drawing];
      return toTree(messages, "2").nodes.find(({ id }) => id === "new")?.parent;
    };
    assert.equal(parent({}), "2");
    assert.equal(parent({ replyTo: "1" }), "1");
    assert.equal(parent({ replyTo: "2", action: "vary" }), "2");
    assert.equal(parent({ replyTo: "2", action: "redo" }), "1");
  });

  it("is walked with the arrow keys", () => {
    const tree = toTree([
      picture("1"),
      picture("2", "1"),
      picture("3", "1"),
      picture("4", "3"),
      picture("5"),
    ]);
    const go = (from: string, key: string) => walk(tree, from, key)?.id;
    assert.equal(go("1", "ArrowDown"), "2");
    assert.equal(go("2", "ArrowRight"), "3");
    assert.equal(go("3", "ArrowLeft"), "2");
    assert.equal(go("4", "ArrowUp"), "3");
    assert.equal(go("4", "ArrowDown"), "5");
    assert.equal(go("5", "ArrowUp"), "2");
    assert.equal(go("1", "End"), "5");
    assert.equal(go("5", "Home"), "1");
    assert.equal(go("1", "ArrowUp"), undefined);
    assert.equal(go("1", "x"), undefined);
    assert.equal(go("none", "ArrowUp"), undefined);
  });

  it("ends, even where two call each other parent", () => {
    assert.equal(toTree([picture("1", "2"), picture("2", "1"), picture("3", "3")]).nodes.length, 1);
  });
});

function places(tree: Tree): Record<string, [row: number, column: number]> {
  return Object.fromEntries(tree.nodes.map(({ id, row, column }) => [id, [row, column]]));
}

function picture(id: string, parent?: string, view: Partial<WireAnswer["view"]> = {}): WireMessage {
  const image = {
    src: `/pictures/${id}.png`,
    name: id,
    mediaType: "image/png",
    alt: id,
    width: 1,
    height: 1,
  };
  return {
    kind: "answer",
    id,
    thread: "t",
    createdAt: 1,
    ask: "q",
    view: {
      phase: "done",
      text: "",
      notes: [],
      images: [image],
      actions: [],
      ...(parent && { parent }),
      ...view,
    },
  };
}
