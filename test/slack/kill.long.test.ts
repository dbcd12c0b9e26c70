import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { askedOf } from "../rig/core.ts";
import type { Write } from "../rig/severed.ts";
import { until } from "../rig/until.ts";
import type { Fault } from "../simulators/slack/faults.ts";
import { type Process, patient, startLife } from "./life.ts";

type Life = Awaited<ReturnType<typeof startLife>>;

/** Where the process is killed. */
interface Boundary {
  /** Arms it, before anything is asked. Resolves when the process is dead. */
  kill(life: Life, process: Process): Promise<void>;
  /** Not where the first message is for one person alone. */
  readonly posted?: true;
}

/** Kills at a write, as it is made or when it is. */
const atWrite =
  (when: "before" | "after", is: (write: Write) => boolean): Boundary["kill"] =>
  (_, process) =>
    new Promise((resolve) => {
      process.store.onWrite = (write, at) => {
        if (at !== when || !is(write)) return;
        process.store.onWrite = () => {};
        process.kill();
        resolve();
      };
    });

/** Kills when a request has been struck: the process waits before it tries again. */
const atFault =
  (fault: Fault): Boundary["kill"] =>
  async ({ simulator }, process) => {
    const order = simulator.fault(fault);
    await until(() => order.struck > 0, `${fault.method} to be struck`);
    process.kill();
  };

const isEvent = ({ table, value }: Write, has: string) =>
  table === "event" && typeof value === "object" && value !== null && has in value;

const boundaries: Readonly<Record<string, Boundary>> = {
  "before the note": { kill: atWrite("before", (write) => isEvent(write, "body")) },
  "after the note and before the acknowledgement": {
    kill: atWrite("after", (write) => write.table === "events"),
  },
  "after the acknowledgement and before the post": {
    kill: atFault({ method: "chat.postMessage", kind: "drop", when: "before" }),
    posted: true,
  },
  "after the post, whose answer got lost": {
    kill: atFault({ method: "chat.postMessage", kind: "drop", when: "after" }),
    posted: true,
  },
  "after the post and before the turn is noted": {
    kill: atWrite("before", (write) => isEvent(write, "turn")),
  },
  "before the bytes of a sketch are there": {
    kill: atFault({ method: "upload", kind: "drop", when: "before" }),
  },
  "in mid-upload of a sketch": {
    kill: (life, process) => {
      life.simulator.fault({ method: "files.delete", kind: "drop", when: "before" }); // it would clear up itself
      return atFault({ method: "files.completeUploadExternal", kind: "drop", when: "after" })(life, process);
    },
  },
  "before the picture is shown": {
    kill: atWrite(
      "after",
      (write) => isEvent(write, "turn") && JSON.stringify(write.value).includes('"last"'),
    ),
  },
  "after the picture is shown and before the ledger forgets": {
    kill: atWrite("before", (write) => isEvent(write, "over")),
  },
};

async function mention({ simulator, channel, ada, posts }: Life) {
  await simulator.say(channel, ada, "a fox", { mention: true });
  return posts;
}

/** What is asked for, and where its answer is. */
const asks: Readonly<Record<string, (life: Life) => Promise<() => ReturnType<Life["posts"]>>>> = {
  "a mention": mention,
  "a mention over HTTP": mention,
  "a direct message": async ({ simulator, ada, posts }) => {
    const dm = simulator.dm(ada);
    await simulator.say(dm, ada, "a fox");
    return () => posts(dm);
  },
  "an agent": async ({ simulator, ada, posts }) => {
    const dm = simulator.dm(ada);
    await simulator.say(dm, ada, "a fox");
    return () => posts(dm);
  },
  "/draw": async ({ simulator, channel, ada, posts }) => {
    simulator.slash(channel, ada, "/draw", "a fox");
    return posts;
  },
  "/draw in private": async ({ simulator, channel, ada, whispers }) => {
    simulator.slash(channel, ada, "/draw", "a fox --private");
    return whispers;
  },
};

/** Slack delivers events again, and nothing else. */
const isLost = (asked: string, boundary: string) =>
  asked.startsWith("/draw") && boundary === "before the note";

describe("killed, and started again: one picture, nothing twice, nothing left", { concurrency: 3 }, () => {
  for (const [asked, ask] of Object.entries(asks)) {
    for (const [boundary, { kill, posted }] of Object.entries(boundaries)) {
      if (isLost(asked, boundary) || (posted && asked.endsWith("private"))) continue;
      if (asked.endsWith("private") && boundary.includes("sketch")) continue; // it shows none
      const isHttp = asked.endsWith("HTTP");
      if (isHttp && !/note|acknowledgement/.test(boundary)) continue; // the rest is the same
      const over = isHttp ? "http" : "socket";
      test(`${asked}, ${boundary}`, { timeout: 60_000 }, async (t) => {
        const life = await startLife(t, { app: asked === "an agent" ? "agent" : "assistant" });
        const first = await life.begin({ timing: patient, over });
        const killed = kill(life, first);
        const answers = await ask(life);
        await killed;
        await life.begin({ over });
        life.simulator.advance(60_000); // what was not acknowledged comes again
        const done = await life.finished(answers);
        await life.noLitter();
        await until(
          async () => answers().length === 1,
          async () => describeAll(answers()),
        );
        assert.equal(done.images[0]?.broken, false);
        assert.doesNotMatch(done.text, /again|restarted/i);
        assert.equal(askedOf(life.standin).length, 1, "drawn and paid once");
        await until(() => !life.simulator.sessions.isAnyAtWork(), "no session to be at work");
      });
    }
  }
});

function describeAll(answers: ReturnType<Life["posts"]>): string {
  return `one answer; there is ${JSON.stringify(answers.map(({ text }) => text))}`;
}

test("killed in mid-drawing: the sketch's file goes, and a press goes on where its picture is", async (t) => {
  const life = await startLife(t);
  const { simulator, standin, channel, ada, posts } = life;
  const first = await life.begin();
  const held = standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" });
  await simulator.say(channel, ada, "a fox", { mention: true });
  await until(() => posts()[0]?.images.length === 1, "a sketch");
  first.kill();
  held.release();
  const second = await life.begin();
  const done = await life.finished(posts);
  await life.noLitter();
  assert.equal(posts().length, 1);

  const killed = atFault({ method: "chat.postMessage", kind: "drop", when: "after" })(life, second);
  simulator.press(done, "a:vary", ada);
  await killed;
  await life.begin();
  await life.finished(() => posts().slice(1));
  await life.noLitter();
  assert.equal(posts().length, 2);
  assert.equal(simulator.message(done)?.images.length, 1, "the picture pressed on stays");
  assert.equal(askedOf(standin).length, 2);
});
