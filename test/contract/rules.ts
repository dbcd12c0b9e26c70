import assert from "node:assert/strict";
import type { RuleName } from "../../src/seam/rules.ts";
import { until } from "../rig/until.ts";
import type { Promised, Stage } from "./platform.ts";

/** Lays a rule down, as an admin there does. */
async function lay({ core, ruled }: Stage, rule: RuleName, value: unknown): Promise<void> {
  const admin = { id: "test:admin", name: "Ann", admin: true };
  await core().core.rules.change(admin, ruled.place, { rule, scope: "community", value });
}

/** That it is refused with those words, and nothing is asked of OpenAI. */
async function refused(stage: Stage, say: () => Promise<void>, words: RegExp): Promise<void> {
  const { person } = stage;
  const before = stage.standin.requests.length;
  await say();
  // Who presses may be told so alone.
  const all = async () => [...(await person.look()).map(({ text }) => text), ...(await person.told())];
  await until(
    async () => (await all()).some((text) => words.test(text)),
    async () => `${words}; there is ${JSON.stringify(await all())}`,
  );
  assert.equal(stage.standin.requests.length, before, "nothing was sent");
}

/** What becomes of what admins lay down, on every platform. */
export const rulePromises: Readonly<Record<string, Promised>> = {
  async "tells who may not draw so, and sends nothing"(stage) {
    const { person, picture, ruled } = stage;
    await person.say("a red fox");
    const first = await picture();
    await lay(stage, "denied", [{ key: ruled.userId, name: "Ada" }]);
    await refused(stage, () => person.say("a blue fox"), /You may not draw here\./);
    await lay(stage, "denied", undefined);
    await lay(stage, "allowed", [{ key: "test:eve", name: "Eve" }]);
    await refused(stage, () => person.press(first, "vary"), /Only Eve may draw here\./);
  },

  async "refuses what may not be had when it is typed, and says what may"(stage) {
    const { person } = stage;
    await lay(stage, "models", ["gpt-image-2"]);
    await refused(
      stage,
      () => person.say("a fox --model gpt-image-2.5-flare"),
      /Model gpt-image-2\.5-flare is not allowed here\. Allowed: gpt-image-2\./,
    );
  },

  async "says of a blocked word what the admin wants said"(stage) {
    const { person } = stage;
    await lay(stage, "blocked-words", "doom");
    await lay(stage, "blocked-message", "We draw no such thing here, sorry.");
    await refused(stage, () => person.say("a city of D0OM"), /We draw no such thing here, sorry\./);
  },

  async "says when the next may be asked for in slow mode"(stage) {
    const { person, picture } = stage;
    await lay(stage, "slow-mode", 3600);
    await person.say("a red fox");
    await picture();
    await stage.restart();
    await refused(stage, () => person.say("a blue fox"), /Slow mode is on: .* in \d+ minutes\./);
  },

  async "has what is expensive wait for a moderator, whose press draws it, also after a restart"(stage) {
    const { person, picture, see, ruled, standin } = stage;
    await lay(stage, "approval-qualities", ["high"]);
    const before = standin.requests.length;
    await person.say("a red fox --quality high");
    const waits = await see("something that waits", ({ buttons }) => buttons.includes("approve"));
    assert.match(waits.text, /A moderator here has to approve this first/);
    await person.press(waits, "approve");
    await stage.hear(/Only a moderator can decide that/);
    assert.equal(standin.requests.length, before, "nothing was sent");
    await stage.restart();
    assert.ok(ruled.approve);
    await ruled.approve(waits);
    const drawn = await picture();
    assert.equal(drawn.key, waits.key, "in the same message");
    assert.ok(!drawn.buttons.includes("approve"));
  },
};
