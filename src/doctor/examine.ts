import { isStandIn } from "../banner.ts";
import { type Config, parseConfig } from "../config.ts";
import { examineOpenAI, notTried, tryDrawing } from "../openai/doctor/examine.ts";
import { redact } from "../seam/log.ts";
import { withLimit } from "../seam/timeout.ts";
import { type Finding, ill, well } from "../seam/watch/finding.ts";
import type { LoadedEnvironment } from "../setup/env-file.ts";
import { examineStore } from "../store/doctor/examine.ts";
import { examineAddress } from "./address.ts";
import { examineClock } from "./clock.ts";
import { examineFonts } from "./fonts.ts";
import type { Report } from "./report.ts";
import { examineSettings } from "./settings.ts";

/** What the doctor asks each adapter that is on. Never rejects. */
export type ExamineAdapter = (config: Config) => Promise<readonly Finding[]>;

export interface Examined {
  readonly loaded: LoadedEnvironment;
  /** By the name of its part; only those that are on are asked. */
  readonly adapters: Readonly<Record<"Discord" | "Slack", ExamineAdapter>>;
  /** Draws one picture, which costs something. */
  readonly draw: boolean;
  /** Unix time in ms. */
  readonly now?: () => number;
}

/** Ms for one part: what has not been told by then is not known. */
const limitMs = 60_000;
const drawingMs = 200_000;

/** Looks at everything, side by side. Never rejects. */
export async function examine({
  loaded,
  adapters,
  draw,
  now = Date.now,
}: Examined): Promise<readonly Report[]> {
  const settings = { part: "Settings", findings: examineSettings(loaded) };
  if (settings.findings.some(({ state }) => state === "error")) return [settings];
  const config = parseConfig(loaded.env);
  const part = async (
    name: string,
    work: () => Promise<readonly Finding[]>,
    ms = limitMs,
  ): Promise<Report> => {
    const findings = await withLimit(ms, work).catch((error: unknown) => [sayUnfinished(name, error)]);
    return { part: name, findings };
  };
  return [
    settings,
    ...(await Promise.all([
      part("OpenAI", () => askOpenAI(config, draw, now()), draw ? drawingMs : limitMs),
      ...(config.discord ? [part("Discord", () => adapters.Discord(config))] : []),
      ...(config.slack ? [part("Slack", () => adapters.Slack(config))] : []),
      part("Store", async () => (await examineStore(config)).findings),
      part("Machine", async () => [
        ...(await examineClock(clocksOf(config), now)),
        ...(await examineFonts()),
      ]),
      ...(config.playground || config.publicUrl || config.admin
        ? [part("Address", () => examineAddress(config))]
        : []),
    ])),
  ];
}

async function askOpenAI(config: Config, draw: boolean, now: number): Promise<readonly Finding[]> {
  if (isStandIn(config)) {
    const words =
      "There is no key: an offline stand-in draws placeholders. For real pictures set OPENAI_API_KEY";
    return [well("openai.key", words)];
  }
  const { apiKey = "none", baseUrl } = config.openai;
  const access = { apiKey, ...(baseUrl && { baseUrl }) };
  const found = await examineOpenAI(access, config.openai, now);
  const isLost =
    found.some(({ id }) => id === "openai.reach") ||
    found.some(({ id, state }) => id === "openai.key" && state === "error");
  if (isLost) return found;
  return [...found, ...(draw ? await tryDrawing(access, config.openai) : [notTried])];
}

/** Who tells the time, those first that are used. */
function clocksOf(config: Config): readonly string[] {
  const { openai, discord, slack } = config;
  return [
    ...(isStandIn(config) ? [] : [openai.baseUrl ?? "https://api.openai.com/v1"]),
    ...(discord ? [discord.apiUrl ?? "https://discord.com/api"] : []),
    ...(slack ? [slack.apiUrl ?? "https://slack.com/api/"] : []),
  ];
}

function sayUnfinished(part: string, error: unknown): Finding {
  const why = redact(error instanceof Error ? error.message : String(error));
  return ill(
    `${part.toLowerCase()}.unknown`,
    "unknown",
    `Could not be looked at: ${why}`,
    "Run npm run doctor again.",
  );
}
