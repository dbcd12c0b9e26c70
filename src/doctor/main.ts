import { parseArgs } from "node:util";
import type { Config } from "../config.ts";
import { BotError } from "../seam/errors.ts";
import { loadEnvironment } from "../setup/env-file.ts";
import { examine } from "./examine.ts";
import { isWell, toJson, toText } from "./report.ts";

const usage = `npm run doctor                 looks at everything, and says how to mend what is wrong
npm run doctor -- --json       the same for scripts
npm run doctor -- --draw       draws one small picture too, for a cent or so: is the organisation verified, is there credit?

It ends with 0 where nothing is in the way, with 1 where something is, and with 2 where it was called in another way.
`;

/** Ends the process with what was found. */
async function main(): Promise<void> {
  const options = parseOptions();
  if (!options) return end(2, usage, process.stderr);
  process.umask(0o077);
  try {
    const loaded = loadEnvironment(process.env);
    const reports = await examine({
      loaded,
      adapters: { Discord: askDiscord, Slack: askSlack },
      draw: options.draw,
    });
    const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;
    end(
      isWell(reports) ? 0 : 1,
      options.json ? toJson(reports) : toText(reports, isColoured),
      process.stdout,
    );
  } catch (error) {
    if (!(error instanceof BotError)) throw error;
    end(1, `${error.message}\n`, process.stderr);
  }
}

function parseOptions(): { readonly json: boolean; readonly draw: boolean } | undefined {
  try {
    const { values } = parseArgs({ options: { json: { type: "boolean" }, draw: { type: "boolean" } } });
    return { json: values.json ?? false, draw: values.draw ?? false };
  } catch {
    return undefined;
  }
}

async function askDiscord({ discord }: Config) {
  if (!discord) return [];
  const { examineDiscord } = await import("../../adapters/discord/doctor/examine.ts");
  return examineDiscord(discord);
}

async function askSlack({ slack, slackConfigToken: configToken }: Config) {
  if (!slack) return [];
  const { examineSlack } = await import("../../adapters/slack/doctor/examine.ts");
  return examineSlack({ ...slack, ...(configToken && { configToken }) });
}

/** A pipe takes what it is given after the process would have ended. */
function end(code: number, words: string, stream: NodeJS.WriteStream): void {
  stream.write(words, () => process.exit(code));
}

await main();
