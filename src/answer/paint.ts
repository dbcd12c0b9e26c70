import type { Conversation, MayAsk, Paint, RequestDefaults } from "../openai/engine.ts";
import type { Identity } from "../openai/identity.ts";
import type { Painter, Said } from "../openai/painter.ts";
import type { Fitted } from "../options/fit.ts";
import { readInputs } from "../pictures/inputs.ts";
import { withoutLinks } from "../pictures/links.ts";
import type { Source } from "../pictures/uploads.ts";
import type { Log } from "../seam/log.ts";
import { once } from "../seam/once.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import { toConversation } from "./conversation.ts";
import { sayOnce } from "./notes.ts";
import type { Prepared, PrepareTools } from "./prepare.ts";
import { recallPicked } from "./recall.ts";

/** What the painter goes by before the pictures are read. Whoever asks for several asks for pictures. */
export function saidOf({ text, options, mustDraw }: OpenTurn): Said {
  return { text, options, mustDraw: mustDraw || (options.count ?? 1) > 1 };
}

/** Asks the painter for a turn's pictures. `turn`, with `notes` for what the person should know. */
export function createPaint(
  { turn, notes }: { readonly turn: OpenTurn; readonly notes: string[] },
  { base, shown, inputs, linksFrom, unpicked, isUnanswered }: Prepared,
  fitted: Fitted,
  tools: PrepareTools & {
    readonly painter: Painter;
    readonly identity: Identity;
    readonly defaults: RequestDefaults;
    readonly mayAsk: MayAsk;
    readonly log: Log;
  },
  signal: AbortSignal,
): Paint {
  const { painter, history, uploads, defaults, mayAsk, log } = tools;
  const references = inputs.filter(({ role }) => role === "reference").length;
  const masked = inputs.some(({ role }) => role === "mask");

  async function see(): Promise<readonly Source[]> {
    const { pictures } = await readInputs(
      shown ? await recallPicked(shown, tools.adapter, signal) : [],
      signal,
    );
    return Promise.all(pictures.map((picture) => uploads.store(picture, signal)));
  }

  const commission = {
    name: JSON.stringify([turn.message, turn.acceptedAt]),
    text: linksFrom === undefined ? turn.text : withoutLinks(turn.text, linksFrom, references),
    options: fitted.options,
    imageModel: fitted.imageModel,
    inputs,
    ...(turn.style && { style: turn.style }),
    mustDraw: saidOf(turn).mustDraw,
    safetyId: tools.identity(turn.user.id),
    ...(turn.again && { attempt: String(turn.acceptedAt) }),
    before: {
      ...(base && { base }),
      ...(shown && { shown }),
      ...(isUnanswered && { isUnanswered }),
      ...(unpicked !== undefined && { unpicked }),
      of: history.before,
      seen: once(see),
      told: once(() =>
        base ? toConversation(base, tools, signal, masked ? 0 : undefined) : Promise.resolve(nothing),
      ),
    },
  };
  const say = (note: string) => sayOnce(notes, note);
  return painter.begin(commission, { uploads, defaults, say, mayAsk, log }, signal);
}

const nothing: Conversation = { turns: [], sources: [] };
