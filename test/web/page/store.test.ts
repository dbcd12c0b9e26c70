import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { emptyDraft, formatDraft, parseDraft } from "../../../adapters/web/page/state/drafts.ts";
import {
  addThreads,
  addToast,
  applyEvent,
  beginLoad,
  createStore,
  draftOf,
  endLoad,
  firstState,
  listedThreads,
  messagesOf,
  openThread,
  pictured,
  putDraft,
  type State,
  setDraft,
  setThreads,
  toExchanges,
} from "../../../adapters/web/page/state/store.ts";
import type { WireAnswer, WireAsk, WireMessage, WireThread } from "../../../adapters/web/wire/messages.ts";

describe("the page's state", () => {
  it("shows a message once, in its newest form, however often it comes", () => {
    const state = [answer("a1", { phase: "working" }), answer("a1", { phase: "done" })].reduce(
      says,
      firstState("t"),
    );
    assert.deepEqual(
      messagesOf(state).map((message) => message.kind === "answer" && message.view.phase),
      ["done"],
    );
  });

  it("lists what was found whether or not the list has come so far, as newly as it is known, and the list again afterwards", () => {
    const near = { id: "near", title: "near", updatedAt: 9, head: null };
    const [far, small] = [
      { ...near, id: "far", updatedAt: 1 },
      { ...near, id: "small", unlisted: true as const },
    ];
    const titles = (state: State) => listedThreads(state).map(({ id, title }) => `${id}: ${title}`);
    const fetched = setThreads(firstState("t"), [near, small], true);
    const sought = { ...fetched, search: { query: "fox" } };
    assert.deepEqual(titles(sought), ["near: near"], "not looked for yet");
    const found = { ...sought, search: { query: "fox", found: [{ ...near, title: "older" }, small, far] } };
    assert.deepEqual(titles(found), ["near: near", "far: near"]);
    const gone = applyEvent(found, { type: "threadGone", id: "far" });
    assert.deepEqual(titles(gone), ["near: near"]);
    const cleared = { ...found, search: { query: " " } };
    assert.deepEqual(titles(addThreads(cleared, [far], false)), ["near: near", "far: near"]);
  });

  it("leaves threads alone that were never opened", () => {
    const state = says(firstState("t"), { ...ask("q"), thread: "other" });
    assert.equal(state.messages.has("other"), false);
  });

  it("keeps what events brought while a thread was fetched, and takes the rest from the answer", () => {
    const before = says(says(firstState("t"), answer("stale", { phase: "working" })), answer("gone"));
    const during = says(beginLoad(before, "t"), answer("a1", { phase: "done" }));
    const after = endLoad(during, "t", [
      ask("q"),
      answer("a1", { phase: "working" }),
      answer("stale", { phase: "done" }),
    ]);
    assert.deepEqual(
      messagesOf(after).map((message) => [message.id, message.kind === "answer" && message.view.phase]),
      [
        ["q", false],
        ["a1", "done"],
        ["stale", "done"],
      ],
    );
    assert.equal(after.loading.size, 0);
  });

  it("never goes back behind a finished answer, by whatever way the older one comes", () => {
    const finished = says(firstState("t"), answer("a1", { phase: "done" }));
    const late = answer("a1", { phase: "working" });
    for (const state of [says(finished, late), endLoad(beginLoad(finished, "t"), "t", [late])]) {
      assert.deepEqual(messagesOf(state), messagesOf(finished));
    }
  });

  it("keeps a sketch until there is another: a server that was restarted has none", () => {
    const sketched = says(
      firstState("t"),
      answer("a1", { phase: "working", images: picture("1").view.images }),
    );
    const bare = answer("a1", { phase: "working", status: "Going on" });
    const imagesOf = (state: State) =>
      messagesOf(state).flatMap((message) => (message.kind === "answer" ? message.view.images : []));
    const resumed = endLoad(beginLoad(sketched, "t"), "t", [bare]);
    assert.deepEqual(imagesOf(resumed), picture("1").view.images);
    assert.deepEqual(
      imagesOf(says(resumed, answer("a1", { phase: "working", images: picture("2").view.images }))),
      picture("2").view.images,
    );
    assert.deepEqual(imagesOf(says(resumed, answer("a1", { phase: "failed" }))), []);
  });

  it("knows a draft that was sent until somebody changes it", () => {
    const sent = { id: "q1", at: 1, goesOn: true };
    const kept = putDraft(firstState("t"), { ...emptyDraft, text: "a fox", sent });
    assert.deepEqual(parseDraft(formatDraft(draftOf(kept))).sent, sent);
    assert.equal(draftOf(setDraft(kept, { ...draftOf(kept), text: "a cat" })).sent, undefined);
  });

  it("lists threads newest first and forgets one that is gone, with its messages", () => {
    const listed = setThreads(firstState("old"), [thread("old", 1), thread("new", 2)]);
    const touched = applyEvent(listed, { type: "thread", thread: thread("old", 3) });
    assert.deepEqual(
      touched.threads.map(({ id }) => id),
      ["old", "new"],
    );
    const gone = applyEvent(says(touched, { ...ask("q"), thread: "old" }), { type: "threadGone", id: "old" });
    assert.deepEqual(
      gone.threads.map(({ id }) => id),
      ["new"],
    );
    assert.equal(gone.messages.has("old"), false);
  });

  it("shows a notice in its own thread only, and the same words once", () => {
    const notice = { type: "notice", thread: "t", text: "Back.", failed: false } as const;
    const shown = applyEvent(applyEvent(firstState("t"), notice), notice);
    assert.equal(shown.toasts.length, 1);
    assert.equal(applyEvent(firstState("u"), notice).toasts.length, 0);
    assert.ok([1, 2, 3, 4, 5].reduce((state, each) => addToast(state, `${each}`), shown).toasts.length <= 3);
  });

  it("closes what belongs to a thread when it turns to another", () => {
    const state = { ...firstState("t"), unfolded: new Set(["a1"]) };
    assert.equal(openThread(state, "u").unfolded.size, 0);
    assert.equal(openThread(state, "t"), state);
  });

  it("pairs answers with their questions, in the order these were asked", () => {
    const exchanges = toExchanges([
      answer("a2", {}, { ask: "q2", createdAt: 2 }),
      ask("q1", 1),
      answer("a1", {}, { ask: "q1", createdAt: 9 }),
      ask("q2", 2),
    ]);
    assert.deepEqual(
      exchanges.map(({ ask, answers }) => [ask?.id, answers.map(({ id }) => id)]),
      [
        ["q1", ["a1"]],
        ["q2", ["a2"]],
      ],
    );
  });

  it("finds the picture behind an answer in words, and gives up on a circle", () => {
    const messages = [picture("p"), answer("words", { parent: "p" }), answer("more", { parent: "words" })];
    assert.equal(pictured(messages, "more")?.id, "p");
    assert.equal(pictured([answer("a", { parent: "b" }), answer("b", { parent: "a" })], "a"), undefined);
  });

  it("tells of many changes once, and of no change never", () => {
    const told: State[] = [];
    const waiting: (() => void)[] = [];
    const store = createStore(
      firstState("t"),
      (state) => told.push(state),
      (work) => waiting.push(work),
    );
    store.update((state) => state);
    store.update((state) => says(state, ask("q1")));
    store.update((state) => says(state, ask("q2")));
    for (const work of waiting) work();
    assert.equal(told.length, 1);
    assert.equal(told[0] && messagesOf(told[0]).length, 2);
  });
});

function says(state: State, message: WireMessage): State {
  return applyEvent(state, { type: "message", message });
}

function thread(id: string, updatedAt: number): WireThread {
  return { id, title: id, updatedAt, head: null };
}

function ask(id: string, createdAt = 1): WireAsk {
  return { kind: "ask", id, thread: "t", createdAt, text: "a boat", options: {}, pictures: [] };
}

function answer(
  id: string,
  view: Partial<WireAnswer["view"]> = {},
  more: Partial<WireAnswer> = {},
): WireAnswer {
  const bare = { phase: "done", text: "", notes: [], images: [], actions: [] } as const;
  return { kind: "answer", id, thread: "t", createdAt: 1, ask: "q", view: { ...bare, ...view }, ...more };
}

function picture(id: string): WireAnswer {
  const image = {
    src: `/pictures/${id}.png`,
    name: id,
    mediaType: "image/png",
    alt: id,
    width: 1,
    height: 1,
  };
  return answer(id, { images: [image] });
}
