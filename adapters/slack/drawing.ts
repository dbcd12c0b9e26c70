import type { Attachment, SettingWish } from "../../src/adapter.ts";
import { BotError } from "../../src/errors.ts";
import type { ImageOptions } from "../../src/options.ts";
import { parseSetting } from "../../src/setting-words.ts";
import { openAnswer, openAside } from "./answers.ts";
import { toPlace } from "./keys.ts";
import type { Line } from "./line.ts";
import type { Stage } from "./stage.ts";
import { say } from "./tell.ts";
import type { Where } from "./turn.ts";

/** Something to be drawn, by a command or by its form. */
export interface Drawing {
  readonly where: Where;
  readonly userId: string;
  readonly name: string;
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly attachments: readonly Attachment[];
  readonly private: boolean;
  readonly line?: Line | undefined;
}

/** Hands over what somebody wants drawn. What is about styles or defaults is answered to them alone. */
export async function draw(stage: Stage, drawing: Drawing): Promise<void> {
  const { core, people, me } = stage;
  const { where, userId, name, text, options, attachments, line } = drawing;
  const place = toPlace(me.teamId, where.channelId);
  const aside = { channelId: where.channelId, userId, ...(line && { line }) };
  let wish: SettingWish | undefined;
  try {
    wish = parseSetting(text, attachments);
  } catch (error) {
    if (error instanceof BotError) return say(stage, aside, error.message);
    throw error;
  }
  if (wish) {
    const user = await people.of(userId, name);
    return core.handle({ kind: "setting", user, place, wish }, openAside(stage, aside));
  }
  const answer = await openAnswer(stage, {
    ...{ where, userId, name, private: drawing.private, words: text },
    ...(line && { line }),
  });
  if (!answer) return;
  const { thread, reply } = answer;
  const user = await people.of(userId, name);
  await core.handle(
    { kind: "prompt", thread, user, place, text, options, attachments, addressed: true, mustDraw: true },
    reply,
  );
}
