import assert from "node:assert/strict";
import { until } from "../rig/until.ts";
import type { Promised } from "./platform.ts";

/** What people read of money, on whichever platform. */
export const money: Readonly<Record<string, Promised>> = {
  async "tells who has used a budget up which one it is, when it begins anew and what still fits"({
    person,
    see,
    picture,
    restart,
  }) {
    await restart({ budget: { person: { picturesDay: 2 } } });
    const small = { quality: "low", size: "1024x1024" } as const;
    await person.say("a mountain", { options: { ...small } });
    const first = await picture();
    await person.say("a mountain and its brother", { options: { ...small, count: 2 } });
    const told = await see("a word on it", ({ text }) => text.includes("Your budget is 2 pictures a day"));
    assert.match(told.text, /1 picture of it is left, and this may take 2 pictures/);
    assert.match(told.text, /It begins anew on \d+ \w+ at 00:00 UTC, in /);
    assert.match(told.text, /--count 1\W+costs [^`]*\$0\.\d+ and still fits/);
    assert.deepEqual(told.pictures, []);
    await person.press(first, "redo");
    await picture([first]);
    await person.press(first, "vary");
    await see("that it is used up by a button, too", ({ text }) => text.includes("and it is used up"));
  },

  async "says what a person has had, and what is left"({ person, picture, restart }) {
    await restart({ budget: { person: { picturesMonth: 5 } } });
    await person.say("a mountain", { options: { quality: "low" } });
    await picture();
    await person.say("usage");
    // Some platforms have a way to say it to them alone in a channel, and in a direct message there is nobody else.
    const said = async () =>
      [...(await person.told()), ...(await person.look()).map(({ text }) => text)].join("\n");
    await until(async () => /Today\W+1 picture, about \$0\.\d+/.test(await said()), said);
    assert.match(await said(), /Your budget: 4 pictures left of 5 pictures a month; it begins anew on 1 /);
  },
};
