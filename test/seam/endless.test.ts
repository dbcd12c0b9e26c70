import { describe, test } from "node:test";
import { fitText } from "../../adapters/discord/out/long-text.ts";
import { parseButtonId } from "../../adapters/discord/wire/keys.ts";
import * as discordWords from "../../adapters/discord/wire/words.ts";
import { parsePrivacy } from "../../adapters/slack/forms/commands.ts";
import { parseMessage } from "../../adapters/slack/in/turn.ts";
import * as slackLongText from "../../adapters/slack/out/long-text.ts";
import { toMrkdwn, withoutLinks } from "../../adapters/slack/out/markdown.ts";
import { filesIn, parseFormId as parseSlackForm } from "../../adapters/slack/wire/keys.ts";
import { toWords as toSlackWords, toTitle } from "../../adapters/slack/wire/words.ts";
import { toTitle as toWebTitle } from "../../adapters/web/live/gallery/title.ts";
import { parseMarkdown } from "../../adapters/web/page/text/markdown.ts";
import { kindOf } from "../../src/seam/files/file-kind.ts";
import { displayName, toStem } from "../../src/seam/files/file-name.ts";
import { sniffPicture } from "../../src/seam/files/media-type.ts";
import { readFlags } from "../../src/seam/words/flags.ts";
import { pointsAtPicture } from "../../src/seam/words/pointing.ts";
import { parseSetting } from "../../src/seam/words/setting-words.ts";

/** What strangers write is read here: with a step for each two characters of it, none of these would come to an end. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "flags in words": readFlags,
  "settings in words": (text) => {
    for (const start of ["", "style save ", "style save a: ", "defaults ", "channel defaults "]) {
      try {
        parseSetting(`${start}${text}`);
      } catch {
        // what is wrong with it is not asked here
      }
    }
  },
  "words that point at a picture": pointsAtPicture,
  "the name of a file": (name) => [displayName(name), toStem(name)],
  "a file that is no picture": (text) => {
    const bytes = Buffer.from(text);
    return [kindOf(bytes), sniffPicture(bytes)];
  },
  "words from Discord": (text) => [
    discordWords.toWords(text, ["1"], { users: [] }),
    discordWords.hidesWords(text),
    discordWords.withoutBars(text),
    discordWords.toThreadName(text, 100),
  ],
  "words to Discord": (text) => [
    discordWords.hide(text),
    discordWords.hideNames(`“a${text}`),
    discordWords.hideQuoted(text),
    discordWords.toPlain(text),
    discordWords.cut(text, text.length - 1),
    fitText(text, text.length - 1),
  ],
  "words from Slack": (text) => {
    const event = { type: "message", channel: "C1", ts: "1.1", thread_ts: "1.0", user: "U2", text };
    parseMessage(event, { userId: "U1", botId: "B1", teamId: "T1", name: "drawbridge" });
    return [toSlackWords(text, "U1"), toTitle(text, 100), parsePrivacy(text)];
  },
  "words to Slack": (text) => [
    toMrkdwn(text, 3000),
    toMrkdwn(`# ${text}x`, 1e9),
    withoutLinks(text),
    slackLongText.fitWords(text, 0),
  ],
  "ids that come back": (text) => [parseSlackForm(text, () => ""), filesIn(text), parseButtonId(text)],
  "words in the browser": (text) => [toWebTitle(text), parseMarkdown(text)],
};

const pieces = [
  ...["[", "![", "[a](", "](", "[a](http://b", "(", ")", "<", "<@", "<a:", "</", "</a", "<x|", ">"],
  ...["*", "**", "*a ", "**a ", "***a ", "__", "__a ", "~~a ", "`", "`a", "|", "||", "||a", "_a "],
  ...["“", "“a", "”", "‘", '"', "'", "„", " “a", "not “", "--a ‘", '--a "', "--a '", "--size “"],
  ...[" ", "\n", " \n", "\t", "```\n", "# ", " #", "#", "> ", "- ", "1. "],
  ...[
    "--",
    "--a ",
    "--size ",
    "—size ",
    "—",
    "- private ",
    "--private ",
    "–\u200b",
    "(--private",
    "--private: ",
  ],
  ...[
    "<!--",
    "<!---->",
    "<!-- --> ",
    "<?",
    "<??>",
    "<!DOCTYPE svg [",
    "-->",
    ".",
    "a.",
    "-",
    "\\",
    "&amp;",
    "a",
    "é",
    "this",
    "this ",
    "this-",
    "this a ",
  ],
];

describe("what strangers write comes to an end, however much of it there is", () => {
  for (const [what, read] of Object.entries(readers)) {
    test(what, () => {
      for (const piece of pieces) read(`${piece.repeat(Math.ceil(300_000 / piece.length))}x`);
    });
  }
});
