import assert from "node:assert/strict";
import { test } from "node:test";
import type { Drawn, Face, Happening, History } from "./history.ts";
import { judge } from "./oracle.ts";

/** A storm of one turn that went well, and what a test adds to it. */
function history(moments: readonly Happening[], more: Partial<Omit<History, "moments">> = {}): History {
  return {
    moments: moments.map((moment, index) => ({ ...moment, at: index * 1000 })),
    drawn: [drew("resp_1", "qz1")],
    litter: [],
    open: [],
    crashes: [],
    ...more,
  };
}

const asked = (turn: string, more: Partial<Happening & { kind: "asked" }> = {}): Happening => ({
  kind: "asked",
  ...{
    turn,
    group: turn,
    platform: "discord",
    person: "ada",
    places: ["pictures"],
    way: "slash",
    private: false,
  },
  ...more,
});
const taken = (turn: string): Happening => ({ kind: "taken", turn, by: "interaction: defer" });
const created = (response: string, group: string, parent?: string): Happening => ({
  kind: "created",
  ...{ response, group, process: 1 },
  ...(parent && { parent }),
});
const told = (response: string): Happening => ({ kind: "told", response, event: "response.created" });
const seen = (
  message: string,
  face: Partial<Face>,
  more: Partial<Happening & { kind: "seen" }> = {},
): Happening => ({
  ...{ kind: "seen", message, place: "pictures", turn: "qz1" },
  face: { state: "ended", text: "a fox", pictures: [], ...face },
  ...more,
});
const drew = (response: string, group: string, picture = `picture of ${response}`): Drawn => ({
  ...{ response, group, status: "completed", pictures: [picture] },
});
const died: Happening = { kind: "process", process: 1, what: "ended", how: "SIGKILL" };

const picture = "picture of resp_1";
const ready = { state: "waiting", text: "Getting ready" } as const;
const begun = [asked("qz1"), taken("qz1"), seen("m1", ready), created("resp_1", "qz1"), told("resp_1")];
const well = [...begun, seen("m1", { pictures: [picture] })];

/** What the oracle finds wrong. */
const wrongsOf = (moments: readonly Happening[], more?: Partial<Omit<History, "moments">>) =>
  judge(history(moments, more)).violations.map(({ wrong }) => wrong);

test("a turn that ends in its picture is well", () => {
  const { books, ...verdict } = judge(history(well));
  assert.deepEqual(verdict, { violations: [], turns: 1, taken: 1, unheard: 0, redrawn: 0 });
  assert.deepEqual(
    Object.entries(books).filter(([, count]) => count > 0),
    [["picture", 1]],
  );
});

test("a turn that was taken and of which nothing came is lost, whatever stands there", () => {
  const nothing = { drawn: [] };
  assert.deepEqual(wrongsOf([asked("qz1"), taken("qz1")], nothing), ["lost"]);
  assert.deepEqual(wrongsOf([asked("qz1"), taken("qz1"), seen("m1", ready)], nothing), ["lost"]);
  assert.deepEqual(
    wrongsOf([asked("qz1"), seen("m1", ready)], nothing),
    ["lost"],
    "its message says it is taken",
  );
});

test("what nobody heard is not lost, but counted", () => {
  const { violations, unheard } = judge(history([asked("qz1")], { drawn: [] }));
  assert.deepEqual([violations, unheard], [[], 1]);
  const away: Happening = { kind: "turned away", turn: "qz1", by: "The application did not respond" };
  assert.equal(judge(history([asked("qz1"), away], { drawn: [] })).unheard, 0);
});

test("a bot that is there answers", () => {
  const up: Happening = { kind: "process", process: 1, what: "ready" };
  const nothing = { drawn: [] };
  assert.deepEqual(wrongsOf([up, asked("qz1")], nothing), ["ignored"]);
  assert.deepEqual(wrongsOf([asked("qz1"), up], nothing), [], "it came up later");
  const barred: Happening = { kind: "spared", turn: "qz1", why: "barred" };
  assert.deepEqual(wrongsOf([up, asked("qz1"), barred], nothing), []);
  const atOnce = { moments: [up, asked("qz1"), died].map((one) => ({ ...one, at: 0 })) };
  assert.deepEqual(judge({ ...history([], nothing), ...atOnce }).violations, [], "it died too soon");
});

test("of two who pressed the same, the picture is for the one who was not turned away", () => {
  const second = asked("qz2", { group: "qz1", way: "vary", person: "mo" });
  const away: Happening = { kind: "turned away", turn: "qz1", by: "The application did not respond" };
  const shown = seen("m2", { pictures: [picture] }, { turn: "qz2" });
  const made = [created("resp_1", "qz1"), told("resp_1")];
  assert.deepEqual(wrongsOf([asked("qz1"), away, second, taken("qz2"), ...made, shown]), []);
  assert.deepEqual(wrongsOf([asked("qz1"), taken("qz1"), second, taken("qz2"), ...made, shown]), ["lost"]);
});

test("what is left on a platform by who is killed on a full disk could not be noted", () => {
  const litter = ["slack: file F1"];
  const full = { kind: "ordered", name: "disk full", what: "500 ms" } as const;
  const over = { ...full, name: "disk full is over" };
  assert.deepEqual(wrongsOf([...well, full, died, over], { litter }), []);
  assert.deepEqual(wrongsOf([...well, full, over, died], { litter }), ["litter"]);
  assert.deepEqual(wrongsOf([...well, died, full, over], { litter }), ["litter"]);
});

test("who is told alone that the bot is barred is told, and nobody else", () => {
  const barred: Happening = { kind: "spared", turn: "qz1", why: "barred" };
  const tell = (to: string) => {
    const { turn: _, ...direct } = seen(
      "m1",
      { text: "I am not in that channel." },
      { to, place: "direct" },
    ) as Happening & { kind: "seen" };
    return wrongsOf([asked("qz1"), taken("qz1"), barred, direct], { drawn: [] });
  };
  assert.deepEqual(tell("ada"), []);
  assert.deepEqual(tell("mo"), ["lost"]);
});

test("to be told to ask again, or of any failure, is no end", () => {
  const end = (text: string) => wrongsOf([...begun, seen("m1", { text })], { drawn: [] });
  assert.deepEqual(end("“photo.png” was not with me yet when I was restarted. Send it again."), ["told"]);
  assert.deepEqual(end("OpenAI cannot be reached right now."), ["failed"]);
  const lost = "OpenAI's answer got lost on its way. It may be drawing all the same. Try again.";
  assert.deepEqual(end(lost), ["told"], "it was not lost");
  for (const text of [lost, `person-1: a fox qz1 ${lost}`]) {
    const unheard = [asked("qz1"), taken("qz1"), created("resp_1", "qz1"), seen("m1", { text })];
    assert.deepEqual(wrongsOf(unheard, { drawn: [] }), [], "nobody pays twice for the network");
  }
  const elsewhere = seen("m2", { text: "I was restarted. Send it again." }, { turn: undefined as never });
  const { turn: _, ...unnamed } = elsewhere as Happening & { kind: "seen" };
  assert.deepEqual(
    wrongsOf([asked("qz1"), taken("qz1"), unnamed], { drawn: [] }),
    ["told"],
    "found by its place",
  );
});

test("a refusal by moderation, and what a person has cancelled or deleted, need no picture", () => {
  for (const why of ["moderation", "cancelled", "deleted"] as const) {
    const spared: Happening = { kind: "spared", turn: "qz1", why };
    assert.deepEqual(wrongsOf([...begun, spared, seen("m1", { text: "Cancelled" })], { drawn: [] }), []);
    assert.deepEqual(wrongsOf([...begun, spared], { drawn: [] }), ["waiting"], "and yet they must end");
  }
});

test("a picture drawn twice for one request is doubled, unless the bot could not know of the first", () => {
  const drawn = [drew("resp_1", "qz1"), drew("resp_2", "qz1")];
  const again = [created("resp_2", "qz1"), told("resp_2")];
  const both = [seen("m1", { pictures: [picture] }), seen("m2", { pictures: ["picture of resp_2"] })];
  assert.deepEqual(wrongsOf([...begun, ...again, ...both], { drawn }), ["doubled", "doubled"]);
  const one = seen("m1", { pictures: ["picture of resp_2"] });
  assert.deepEqual(wrongsOf([...begun, ...again, one], { drawn }), ["not shown", "doubled"]);
  const unknown = [...begun.slice(0, 4), ...again, one];
  assert.deepEqual(wrongsOf(unknown, { drawn }), [], "its first word was lost on the way");
  assert.equal(judge(history(unknown, { drawn })).redrawn, 1);
  const after = (end: Happening) => {
    const moments = [...begun.slice(0, 5), end, ...again, one].map((moment, index) => ({
      ...moment,
      at: moment.kind === "process" ? 4100 : index * 1000,
    }));
    return judge({ ...history([]), moments, drawn }).violations.map(({ wrong }) => wrong);
  };
  assert.deepEqual(after(died), [], "it died upon its first word");
  const stopped: Happening = { kind: "process", process: 1, what: "ended", how: "exit 0" };
  assert.ok(after(stopped).includes("doubled"), "told to end, it has time to note what it has heard");
});

/** A response that is drawn anew, and what of processes and the store happened meanwhile, in ms after its first word. */
function drawnAnew(meanwhile: readonly (readonly [ms: number, one: Happening])[]): readonly string[] {
  const elsewhere: Happening = { kind: "created", response: "resp_2", group: "qz1", process: 2 };
  const again = [elsewhere, told("resp_2"), seen("m1", { pictures: ["picture of resp_2"] })];
  const moments = [
    ...begun.map((one, index) => ({ ...one, at: index * 1000 })),
    ...meanwhile.map(([ms, one]) => ({ ...one, at: (begun.length - 1) * 1000 + ms })),
    ...again.map((one, index) => ({ ...one, at: 60_000 + index * 1000 })),
  ];
  const drawn = [drew("resp_1", "qz1"), drew("resp_2", "qz1")];
  return judge({ ...history([]), moments, drawn }).violations.map(({ wrong }) => wrong);
}

test("what is told to a process that is stopped in mid-air it cannot have noted", () => {
  const paused: Happening = { kind: "process", process: 1, what: "paused" };
  const woken: Happening = { kind: "process", process: 1, what: "woken" };
  const wrong = ["not shown", "doubled"];
  assert.deepEqual(
    drawnAnew([
      [300, paused],
      [9000, woken],
    ]),
    [],
    "stopped upon its first word",
  );
  assert.deepEqual(
    drawnAnew([
      [-1500, paused],
      [9000, woken],
    ]),
    [],
    "stopped before it",
  );
  assert.deepEqual(
    drawnAnew([
      [2000, paused],
      [9000, woken],
    ]),
    wrong,
    "it had the time",
  );
  assert.deepEqual(
    drawnAnew([
      [-2900, paused],
      [-1500, woken],
    ]),
    wrong,
    "it was awake again",
  );
  const other: Happening = { ...paused, process: 3 };
  assert.deepEqual(drawnAnew([[300, other]]), wrong, "another was stopped");
});

test("what is told while the store is gone is noted when it is back, and a power cut takes back what was", () => {
  const gone = (what: "killed" | "rewound"): Happening => ({ kind: "store", what });
  const back: Happening = { kind: "store", what: "back" };
  const wrong = ["not shown", "doubled"];
  const after = (what: "killed" | "rewound", ms: number) =>
    drawnAnew([
      [500, gone(what)],
      [10_000, back],
      [ms, died],
    ]);
  assert.deepEqual(after("killed", 12_000), [], "it died before that");
  assert.deepEqual(after("killed", 30_000), wrong, "it had the time");
  assert.deepEqual(after("rewound", 30_000), [], "nobody has it but who died");
  assert.deepEqual(
    drawnAnew([
      [500, gone("rewound")],
      [10_000, back],
    ]),
    wrong,
    "who lives knows it by heart",
  );
  assert.deepEqual(
    drawnAnew([
      [3000, gone("rewound")],
      [9000, back],
      [20_000, died],
    ]),
    wrong,
    "it was safe",
  );
});

test("who is stopped in mid-air does not listen", () => {
  const moment = (what: "ready" | "paused" | "woken"): Happening => ({ kind: "process", process: 1, what });
  const nothing = { drawn: [] };
  assert.deepEqual(wrongsOf([moment("ready"), moment("paused"), asked("qz1")], nothing), []);
  assert.deepEqual(wrongsOf([moment("ready"), moment("paused"), moment("woken"), asked("qz1")], nothing), [
    "ignored",
  ]);
});

test("what was said later in a thread is begun later, where the first was seen taken by then", () => {
  const said = (turn: string) => asked(turn, { platform: "web", way: "prompt", places: ["thread"] });
  const [first, second] = [created("resp_1", "qz1"), created("resp_2", "qz2")];
  const shown = [
    seen("m1", { pictures: [picture] }),
    seen("m2", { pictures: ["picture of resp_2"] }, { turn: "qz2" }),
  ];
  const drawn = [drew("resp_1", "qz1"), drew("resp_2", "qz2")];
  const order = (...moments: readonly Happening[]) => wrongsOf([...moments, ...shown], { drawn });
  assert.deepEqual(order(said("qz1"), taken("qz1"), said("qz2"), taken("qz2"), first, second), []);
  assert.deepEqual(order(said("qz1"), taken("qz1"), said("qz2"), taken("qz2"), second, first), ["order"]);
  assert.deepEqual(order(said("qz1"), said("qz2"), taken("qz1"), taken("qz2"), second, first), []);
});

test("no more is drawn at once than all may, but for those who are stopped or gone", () => {
  const both = [
    ...[asked("qz1"), taken("qz1"), asked("qz2"), taken("qz2")],
    ...[created("resp_1", "qz1"), told("resp_1"), created("resp_2", "qz2"), told("resp_2")],
  ];
  const shown = [
    seen("m1", { pictures: [picture] }),
    seen("m2", { pictures: ["picture of resp_2"] }, { turn: "qz2" }),
  ];
  const more = { drawn: [drew("resp_1", "qz1"), drew("resp_2", "qz2")], atOnce: 1 };
  assert.deepEqual(wrongsOf([...both, ...shown], more), ["crowded"]);
  const cancel: Happening = { kind: "request", to: "openai", what: "POST /v1/responses/resp_1/cancel qz1" };
  assert.deepEqual(wrongsOf([...both.slice(0, 6), cancel, ...both.slice(6), ...shown], more), []);
  assert.deepEqual(wrongsOf([...both, ...shown], { ...more, atOnce: 2 }), []);
  const over: Happening = { kind: "told", response: "resp_1", event: "response.completed" };
  assert.deepEqual(wrongsOf([...both.slice(0, 6), over, ...both.slice(6), ...shown], more), []);
  assert.deepEqual(wrongsOf([...both.slice(0, 6), died, ...both.slice(6), ...shown], more), []);
  // What it had sent arrives when it has ended.
  const late = both.map((one) =>
    one.kind === "created" && one.response === "resp_1" ? { ...one, process: 3 } : one,
  );
  const ended: Happening = { kind: "process", process: 3, what: "ended", how: "SIGKILL" };
  assert.deepEqual(wrongsOf([ended, ...late, ...shown], more), []);
  const unheard = created("resp_0", "qz1");
  assert.deepEqual(
    wrongsOf([...both.slice(0, 4), unheard, ...both.slice(4, 6), over, ...both.slice(6), ...shown], more),
    [],
  );
});

test("two requests of the same words may be drawn twice, and a third time not", () => {
  const redo = asked("qz2", { group: "qz1", way: "redo", from: { message: "m1", goesOn: false } });
  const again = [redo, taken("qz2"), created("resp_2", "qz1"), told("resp_2")];
  const shown = seen("m2", { pictures: ["picture of resp_2"] }, { turn: "qz2" });
  const drawn = [drew("resp_1", "qz1"), drew("resp_2", "qz1")];
  assert.deepEqual(wrongsOf([...well, ...again, shown], { drawn }), []);
  const third = [
    created("resp_3", "qz1"),
    told("resp_3"),
    seen("m3", { pictures: ["picture of resp_3"] }, { turn: "qz2" }),
  ];
  const three = [...drawn, drew("resp_3", "qz1")];
  assert.deepEqual(wrongsOf([...well, ...again, shown, ...third], { drawn: three }), ["doubled", "doubled"]);
});

test("a picture that two messages show is shown twice", () => {
  const wrongs = wrongsOf([...well, seen("m2", { pictures: [picture] }, { turn: "qz1" })]);
  assert.deepEqual(wrongs, ["shown twice", "doubled"]);
});

test("a picture that was drawn and that nobody saw is missed", () => {
  assert.deepEqual(wrongsOf([...begun, seen("m1", { text: "Done." })]), ["not shown", "failed"]);
  assert.deepEqual(wrongsOf(begun), ["not shown", "lost"]);
});

test("whatever comes behind a finished picture takes it back", () => {
  assert.deepEqual(wrongsOf([...well, seen("m1", ready)]), ["taken back", "waiting"]);
  assert.deepEqual(wrongsOf([...well, seen("m1", { text: "I was restarted." })]), ["taken back"]);
  assert.deepEqual(wrongsOf([...well, seen("m1", ready), seen("m1", { pictures: [picture] })]), [
    "taken back",
  ]);
  assert.deepEqual(wrongsOf([...well, { kind: "gone", message: "m1", by: "bot" }]), ["taken back"]);
  assert.deepEqual(wrongsOf([...well, { kind: "gone", message: "m1", by: "person" }]), []);
});

test("a sketch may give way to the picture", () => {
  const sketch = seen("m1", { state: "waiting", text: "Drawing, sketch 1", pictures: ["a sketch"] });
  assert.deepEqual(wrongsOf([...begun, sketch, seen("m1", { pictures: [picture] })]), []);
});

test("what somebody has cancelled needs no picture, also where the bot was barred later", () => {
  const cancelled: Happening = { kind: "spared", turn: "qz1", why: "cancelled" };
  const barred: Happening = { kind: "spared", turn: "qz1", why: "barred" };
  assert.deepEqual(wrongsOf([...begun, cancelled, barred, seen("m1", { text: "Cancelled" })]), []);
});

test("an answer must go on from the picture that was answered", () => {
  const edit = asked("qz2", { way: "reply", from: { message: "m1", goesOn: true } });
  const after = (parent?: string) => [
    ...[edit, taken("qz2"), created("resp_2", "qz2", parent), told("resp_2")],
    seen("m2", { pictures: ["picture of resp_2"] }, { turn: "qz2" }),
  ];
  const drawn = [drew("resp_1", "qz1"), drew("resp_2", "qz2")];
  assert.deepEqual(wrongsOf([...well, ...after("resp_1")], { drawn }), []);
  assert.deepEqual(wrongsOf([...well, ...after("resp_0")], { drawn }), ["parent"]);
  assert.deepEqual(wrongsOf([...well, ...after()], { drawn }), ["parent"]);
  const forgot = (what: string): Happening => ({ kind: "fault", name: "openai forgotten", what });
  assert.deepEqual(
    wrongsOf([...well, forgot("resp_1"), ...after()], { drawn }),
    [],
    "OpenAI had lost it, and was shown it again",
  );
  assert.deepEqual(wrongsOf([...well, forgot("resp_9"), ...after()], { drawn }), ["parent"], "another one");
});

test("a redo goes on from where the picture came from", () => {
  const first = [asked("qz1"), taken("qz1"), created("resp_1", "qz1", "resp_0"), told("resp_1")];
  const redo = asked("qz2", { group: "qz1", way: "redo", from: { message: "m1", goesOn: false } });
  const after = (parent: string) => [
    ...[...first, seen("m1", { pictures: [picture] }), redo, taken("qz2")],
    ...[created("resp_2", "qz1", parent), told("resp_2")],
    seen("m2", { pictures: ["picture of resp_2"] }, { turn: "qz2" }),
  ];
  const drawn = [drew("resp_1", "qz1"), drew("resp_2", "qz1")];
  assert.deepEqual(wrongsOf(after("resp_0"), { drawn }), []);
  assert.deepEqual(wrongsOf(after("resp_1"), { drawn }), ["parent"]);
});

test("what is for one person is shown to nobody else", () => {
  const secret = asked("qz1", { private: true });
  const show = (to?: string) =>
    wrongsOf([secret, ...begun.slice(1), seen("m1", { pictures: [picture] }, to ? { to } : {})]);
  assert.deepEqual(show("ada"), []);
  assert.deepEqual(show("bob"), ["leaked"]);
  assert.deepEqual(show(), ["leaked"]);
});

test("a message that says for ever that more will come is wrong, also beside the answer", () => {
  assert.deepEqual(wrongsOf([...well, seen("m2", ready)]), ["waiting"]);
});

test("what Slack shows to one person stands above what came of it", () => {
  const to = { to: "ada", turn: "qz1" };
  const before = [
    asked("qz1"),
    taken("qz1"),
    seen("slack:1", ready, to),
    created("resp_1", "qz1"),
    told("resp_1"),
  ];
  assert.deepEqual(wrongsOf([...before, seen("slack:2", { pictures: [picture] }, to)]), []);
  assert.deepEqual(
    wrongsOf([...before, seen("slack:2", { pictures: [picture] }, to), seen("slack:3", ready, to)]),
    ["waiting"],
  );
});

test("litter, an open ledger and a crash are told as they are", () => {
  const more = { litter: ["slack: file F1"], open: ["slack:event:1"], crashes: ["#1 unhandled"] };
  assert.deepEqual(wrongsOf(well, more), ["litter", "open", "crash"]);
});

test("a bot that could not write or be there says so, and is not silent", () => {
  const spared: Happening = { kind: "spared", turn: "qz1", why: "barred" };
  assert.deepEqual(
    wrongsOf([...begun, spared, seen("m1", { text: "My memory is full." })], { drawn: [] }),
    [],
  );
  assert.deepEqual(wrongsOf([asked("qz1"), spared, taken("qz1")], { drawn: [] }), ["lost"]);
});

test("a bot that goes on holding what it has done leaks", () => {
  assert.deepEqual(wrongsOf(well, { memory: { before: 60e6, after: 90e6 } }), []);
  assert.deepEqual(wrongsOf(well, { memory: { before: 60e6, after: 190e6 } }), ["memory"]);
});

test("of presses that cannot be told apart, no picture is for one that was not taken", () => {
  const press = (turn: string) => asked(turn, { group: "vary", way: "vary" });
  const barred = (turn: string): Happening => ({ kind: "spared", turn, why: "barred" });
  const away: Happening = { kind: "turned away", turn: "qz2", by: "dispatch_failed" };
  const varied = (n: number) => [created(`resp_${n}`, "vary"), told(`resp_${n}`)];
  const shown = (n: number): Happening => ({
    ...{ kind: "seen", message: `m${n}`, place: "pictures" },
    face: { state: "ended", text: "a variation", pictures: [`picture of resp_${n}`] },
  });
  const drawn = [drew("resp_3", "vary"), drew("resp_4", "vary")];
  const presses = [
    press("qz2"),
    away,
    press("qz3"),
    taken("qz3"),
    barred("qz3"),
    press("qz4"),
    taken("qz4"),
    barred("qz4"),
  ];
  assert.deepEqual(wrongsOf([...presses, ...varied(3), shown(3), ...varied(4), shown(4)], { drawn }), []);
});

test("of presses that need no picture, one that was told so has got none, and another the one that there is", () => {
  const press = (turn: string) => asked(turn, { group: "vary", way: "vary" });
  const spare = (turn: string): Happening => ({ kind: "spared", turn, why: "barred" });
  const failed: Happening = {
    ...{ kind: "seen", message: "m1", place: "pictures" },
    face: { state: "ended", text: "OpenAI's answer got lost on its way.", pictures: [] },
  };
  const shown: Happening = {
    ...{ kind: "seen", message: "m2", place: "pictures" },
    face: { state: "ended", text: "a variation", pictures: ["picture of resp_2"] },
  };
  const first = [press("qz1"), taken("qz1"), spare("qz1"), failed];
  const second = [press("qz2"), taken("qz2"), spare("qz2"), created("resp_2", "vary"), told("resp_2"), shown];
  assert.deepEqual(wrongsOf([...first, ...second], { drawn: [drew("resp_2", "vary")] }), []);
});
