import { BotError } from "../../../src/seam/errors.ts";
import type { ImageOptions } from "../../../src/seam/options.ts";
import type { Attachment, SettingWish } from "../../../src/seam/turn.ts";
import { parseSetting } from "../../../src/seam/words/setting-words.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import type { Where } from "../live/where.ts";
import { openAnswer, openAside } from "../out/answers.ts";
import { say } from "../out/notice.ts";
import { toPlace } from "../wire/keys.ts";
import type { ResponseUrl } from "../wire/response-url.ts";

/** Something to be drawn, by a command or by its form. */
export interface Drawing {
  readonly came: Came;
  readonly where: Where;
  readonly userId: string;
  readonly name: string;
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly attachments: readonly Attachment[];
  readonly private: boolean;
  readonly responseUrl?: ResponseUrl | undefined;
}

/** Hands over what somebody wants drawn. What is about styles or defaults is answered to them alone. */
export async function draw(stage: Stage, drawing: Drawing): Promise<void> {
  const { core, people, me } = stage;
  const { came, where, userId, name, text, options, attachments, responseUrl } = drawing;
  const place = toPlace(me.teamId, where.channelId, came.from);
  const aside = { channelId: where.channelId, userId, ...(responseUrl && { responseUrl }) };
  let wish: SettingWish | undefined;
  try {
    wish = parseSetting(text, attachments);
  } catch (error) {
    if (error instanceof BotError) return say(stage, aside, error.message);
    throw error;
  }
  if (wish) {
    const user = await people.of(userId, name);
    return core.handle({ kind: "setting", user, place, wish }, openAside(stage, came, aside));
  }
  const answer = await openAnswer(stage, {
    ...{ came, where, userId, name, private: drawing.private, words: text },
    ...(responseUrl && { responseUrl }),
  });
  if (!answer) return;
  const { thread, reply } = answer;
  const user = await people.of(userId, name);
  await core.handle(
    {
      ...{ kind: "prompt", event: came.event, thread, user, place, text, options, attachments },
      ...{ addressed: true, mustDraw: true },
    },
    reply,
  );
}
