import assert from "node:assert/strict";
import { until } from "../rig/until.ts";
import type { Promised } from "./platform.ts";

/** What people see of what an admin does on the admin's page. */
export const control: Readonly<Record<string, Promised>> = {
  async "shows as cancelled what an admin cancels"({ person, hold, see, core }) {
    hold();
    await person.say("a mountain");
    await see("something that is drawn", ({ buttons }) => buttons.includes("cancel"));
    const { control } = core().bot;
    await until(() => control.now().turns.some(({ phase }) => phase === "drawing"), "the drawing");
    const [turn] = control.now().turns;
    assert.ok(turn && turn.user.name !== "" && turn.place, "an admin sees whose it is, and where");
    assert.equal(await control.promptOf(turn.message), "a mountain");
    assert.equal(await control.cancel(turn.message), true);
    const cancelled = await see("the end", ({ buttons }) => buttons.includes("redo"));
    assert.equal(cancelled.key, turn.message);
    assert.match(cancelled.text, /cancel/i);
  },

  async "tells people that it is looked after while an admin has it take nothing new"({
    person,
    see,
    picture,
    core,
  }) {
    core().bot.control.drain();
    await person.say("a mountain");
    const told = await see("a word on it", ({ text }) => text.includes("I am being looked after"));
    assert.deepEqual(told.pictures, []);
    core().bot.control.takeAgain();
    await person.press(told, "redo");
    await picture();
  },
};
