import { randomUUID } from "node:crypto";
import type { Uploads } from "../../pictures/uploads.ts";
import { BotError } from "../../seam/errors.ts";
import { createLog, redact } from "../../seam/log.ts";
import { lifetimeOf } from "../../seam/models.ts";
import { type Finding, ill, well } from "../../seam/watch/finding.ts";
import type { Before, RequestDefaults } from "../engine.ts";
import { createPainter, hasMainline } from "../painter.ts";
import { type ListedModels, listModels, type NoList, type OpenAIAccess } from "./models.ts";

const keys = "https://platform.openai.com/api-keys";
const verification =
  "Verify it at https://platform.openai.com/settings/organization/general; it takes up to 15 minutes to count.";
/** Ms that a picture may take to be drawn. */
const limitMs = 180_000;
const shutdownNoticeMs = 31 * 24 * 3_600_000;

/** What is wrong with OpenAI, as far as a list of its models tells. Never rejects. `now`: Unix time in ms. */
export async function examineOpenAI(
  access: OpenAIAccess,
  defaults: Pick<RequestDefaults, "model" | "imageModels" | "engine" | "mainline">,
  now: number,
): Promise<readonly Finding[]> {
  const listed = await listModels(access);
  if ("why" in listed) return [sayNoList(listed, access)];
  const [usual = "", ...others] = defaults.imageModels;
  return [
    well("openai.key", `${nameOf(access)} takes the key, which may use ${listed.size} models`),
    ...(hasMainline(defaults) ? [sayModel("OPENAI_MODEL", defaults.model, listed, now)] : []),
    sayModel("IMAGE_MODEL", usual, listed, now),
    ...sayOthers(others, listed, now),
  ];
}

/** Draws the cheapest picture there is, which says what no list does: verification, credit, limits. Never rejects. */
export async function tryDrawing(
  access: OpenAIAccess,
  defaults: RequestDefaults,
): Promise<readonly Finding[]> {
  const [imageModel = ""] = defaults.imageModels;
  const commission = {
    ...{ name: randomUUID(), text: "a plain grey circle", imageModel, inputs: [], mustDraw: true },
    options: { quality: "low", size: "1024x1024" },
    safetyId: "doctor",
    before: nothing,
  } as const;
  const log = createLog("silent");
  const painter = createPainter({ ...access, standIn: false, log });
  const tools = {
    uploads: noUploads,
    defaults: { ...defaults, store: false, background: false },
    say: () => {},
    log,
  };
  try {
    for await (const event of painter.begin(commission, tools, AbortSignal.timeout(limitMs))(0, undefined)) {
      if (event.kind === "final") return [well("openai.drawing", `${imageModel} has drawn a picture`)];
    }
    return [
      ill(
        "openai.drawing",
        "error",
        "The request ended without a picture",
        "Run npm run doctor -- --draw again.",
      ),
    ];
  } catch (error) {
    return [sayUndrawn(error, imageModel)];
  }
}

/** It goes on from nothing, and sends nothing along. */
const nothing: Before = {
  of: async () => undefined,
  seen: async () => [],
  told: async () => ({ turns: [], sources: [] }),
};
const noUploads: Uploads = {
  store: () => Promise.reject(new Error("nothing is sent")),
  address: () => Promise.reject(new Error("nothing is sent")),
  read: () => Promise.reject(new Error("nothing is sent")),
  forget: async () => {},
};

/** Said where nothing is drawn. */
export const notTried = ill(
  "openai.drawing",
  "unknown",
  "Whether the organisation is verified and has credit shows only when something is drawn",
  "Run npm run doctor -- --draw: it draws one picture of the lowest quality, for a cent or so.",
);

function sayUndrawn(error: unknown, imageModel: string): Finding {
  const id = "openai.drawing";
  const words = wordsOf(error);
  if (/\bverif/i.test(words)) {
    return ill(
      "openai.verified",
      "error",
      `OpenAI wants the organisation to be verified for ${imageModel}`,
      verification,
    );
  }
  const code = error instanceof BotError ? error.code : undefined;
  switch (code) {
    case "quota":
      return ill(
        "openai.credit",
        "error",
        "The OpenAI account has no credit left",
        "Add some at https://platform.openai.com/settings/organization/billing.",
      );
    case "auth":
      return ill(
        id,
        "error",
        `The key may not use ${imageModel}`,
        `Allow the project the model under Limits, or make another key at ${keys}.`,
      );
    case "busy":
      return ill(id, "unknown", "OpenAI is busy", "Run npm run doctor -- --draw again in a minute.");
    default:
      return ill(
        id,
        "error",
        `OpenAI drew nothing: ${redact(words).slice(0, 300)}`,
        "Mend what it names, or set IMAGE_MODEL to another model.",
      );
  }
}

/** Of an error and what caused it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? wordsOf(error.cause) : error.message;
}

function sayNoList({ why, status }: NoList, access: OpenAIAccess): Finding {
  const name = nameOf(access);
  const answered = status === undefined ? "does not answer" : `answers with ${status}`;
  const online = access.baseUrl
    ? "See that OPENAI_BASE_URL is right and that server runs."
    : "See that this machine may reach api.openai.com by https.";
  switch (why) {
    case "key":
      return ill(
        "openai.key",
        "error",
        `${name} does not accept OPENAI_API_KEY`,
        access.baseUrl
          ? "Set OPENAI_API_KEY to a key of that server."
          : `Make a key at ${keys} and set OPENAI_API_KEY to it.`,
      );
    case "forbidden":
      return ill(
        "openai.models",
        "unknown",
        `${name} does not let this key list its models`,
        `Give the key the right to list models at ${keys}, or take no notice: it may draw all the same.`,
      );
    case "missing":
      return ill(
        "openai.models",
        "unknown",
        `${name} has no list of models`,
        "Run npm run doctor -- --draw to see whether it draws.",
      );
    case "busy":
      return ill("openai.models", "unknown", `${name} is busy`, "Run npm run doctor again in a minute.");
    case "away":
      return ill("openai.reach", "error", `${name} ${answered}`, online);
  }
}

function sayModel(setting: string, model: string, listed: ListedModels, now: number): Finding {
  const id = `openai.${setting === "IMAGE_MODEL" ? "image-model" : "model"}`;
  const until = listed.get(model)?.until ?? lifetimeOf(model).until;
  const another = `Set ${setting} to another model.`;
  if (until !== undefined && now >= Date.parse(until))
    return ill(id, "error", `OpenAI has ended ${model} on ${until}`, another);
  if (!isListed(model, listed)) {
    const words = `${model} is not among the models this key may use`;
    return ill(
      id,
      "error",
      words,
      `${another} Or allow this one to the project at https://platform.openai.com/settings.`,
    );
  }
  if (until === undefined) return well(id, `${model} may be used`);
  const words = `${model} may be used until ${until}`;
  return Date.parse(until) - now < shutdownNoticeMs ? ill(id, "warning", words, another) : well(id, words);
}

/** Gateways put whose it is before its name: `openai/gpt-image-2`. */
function isListed(model: string, listed: ListedModels): boolean {
  return listed.has(model) || [...listed.keys()].some((name) => name.endsWith(`/${model}`));
}

/** Those that may draw beside the usual one: what they lack is done by others, so it is worth a word and no more. */
function sayOthers(others: readonly string[], listed: ListedModels, now: number): readonly Finding[] {
  if (others.length === 0) return [];
  const told = others.map((model) => {
    const until = listed.get(model)?.until ?? lifetimeOf(model).until;
    if (until !== undefined && now >= Date.parse(until)) return `${model} (ended ${until})`;
    if (!isListed(model, listed)) return `${model} (not to be had)`;
    return until === undefined ? model : `${model} (until ${until})`;
  });
  return [well("openai.other-models", `May draw, too: ${told.join(", ")}`)];
}

function nameOf({ baseUrl }: OpenAIAccess): string {
  return baseUrl ? `The server at ${redact(baseUrl)}` : "OpenAI";
}
