import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { askedOf } from "../rig/core.ts";
import type { Write } from "../rig/severed.ts";
import { until } from "../rig/until.ts";
import type { Fault } from "../simulators/slack/faults.ts";
import { converse, isCancelled } from "./conversation.ts";
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

describe("an agent's session, whose process is killed", { concurrency: 3 }, () => {
  test("is set back by the next process where the first was killed after the picture was there", async (t) => {
    const life = await converse(t);
    const { simulator, begin, ask, hold, says, answers, rests, finished, standin } = life;
    const first = await begin();
    const held = hold();
    const session = await ask("a fox");
    await says(session, "processing");
    const order = simulator.fault({
      method: "agents.sessions.setStatus",
      kind: "drop",
      when: "before",
      times: 99,
    });
    held.release();
    await finished(answers);
    await until(() => order.struck > 0, "it to be told in vain");
    first.kill();
    order.cancel();
    assert.ok(simulator.sessions.isAnyAtWork());
    await begin();
    await rests();
    assert.equal(askedOf(standin).length, 1);
  });

  for (const [when, kill] of Object.entries({
    "before that is acknowledged": atWrite("before", ({ table }) => table === "event"),
    "once that is noted": atWrite("after", ({ table }) => table === "events"),
  })) {
    test(`is not drawn on where it was stopped, ${when}`, async (t) => {
      const life = await converse(t);
      const { simulator, ada, begin, ask, hold, says, answers, rests, isStopped } = life;
      const first = await begin({ timing: patient });
      const held = hold();
      const session = await ask("a fox");
      await says(session, "processing");
      await until(() => answers()[0]?.images.length === 1, "a sketch");
      const killed = kill(life, first);
      simulator.stop(ada, session);
      await killed;
      await begin();
      simulator.advance(60_000); // what was not acknowledged comes again
      await until(isStopped, "OpenAI to be told");
      await until(() => answers().some(isCancelled), "the message to say so");
      held.release();
      await rests();
    });
  }
});
