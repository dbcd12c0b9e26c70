/**
 * Everything that Drawbridge keeps of people, as one list: the table of `docs/privacy.md`, what *Forget me* deletes and
 * counts, and what is swept when its time is over all follow from it. Whoever keeps something new adds a row.
 */
export interface Kept {
  /** What it is, and what is in it. */
  readonly what: string;
  /** Where it lies: the store, a folder of `DATA_DIR`, or whose servers. */
  readonly where: string;
  /** The store's tables that it is in: a test holds them against the source. */
  readonly tables: readonly string[];
  /** What it is kept for. */
  readonly why: string;
  /** For how long; . */
  readonly howLong: string;
  /** What *Forget me* does about it, in a few words. */
  readonly forgotten: string;
  /** How it is counted in the answer to *Forget me*; absent: it is not. `one` and `many` follow a number. */
  readonly counted?: { readonly one: string; readonly many: string };
}

const night = "until it is shown: twelve hours at most where a platform is down";

export const kept = {
  answers: {
    what: "Answers: what you said, its options, the model's words, what was applied and what it cost",
    where: "the store",
    tables: ["generation"],
    why: "*Redo*, *Edit prompt…*, *Details*, and going on from a picture",
    howLong: "`KEEP_ANSWERS_DAYS`; for good unless that is set",
    forgotten:
      "Deleted. That there was an answer stays, without words, picture or name, where others go on from it",
    counted: { one: "answer, with what you said", many: "answers, with what you said" },
  },
  threads: {
    what: "Which message a conversation stands at",
    where: "the store",
    tables: ["thread"],
    why: "*Undo*, and what the next words go on from",
    howLong: "for good",
    forgotten: "Stays: it names messages of the bot's and no person",
  },
  account: {
    what: "Your defaults, and how many pictures you had drawn for how much",
    where: "the store",
    tables: ["account"],
    why: "Defaults; your usage in App Home",
    howLong: "for good",
    forgotten: "Deleted. A channel's and a server's sums stay, which name nobody",
    counted: { one: "set of defaults and usage", many: "sets of defaults and usage" },
  },
  styles: {
    what: "Your styles, with their pictures",
    where: "the store",
    tables: ["styles"],
    why: "`--style`",
    howLong: "until you remove them",
    forgotten: "Deleted. Those that you shared are the server's: a moderator removes them",
    counted: { one: "style of your own", many: "styles of your own" },
  },
  pictures: {
    what: "Pictures that you sent, where OpenAI stores none; those under a mask, with the mask",
    where: "the store",
    tables: ["kept"],
    why: "The next words go on from them; what is outside a mask is put back",
    howLong: "30 days; those of a style as long as the style",
    forgotten: "Deleted",
    counted: { one: "picture you sent, kept here", many: "pictures you sent, kept here" },
  },
  unfinished: {
    what: "What you asked for and could not be drawn yet, with its pictures",
    where: "the store",
    tables: ["unfinished", "unfinished-at", "unfinished-file"],
    why: "Your next words may complete it",
    howLong: "an hour; its pictures two",
    forgotten: "Deleted",
    counted: { one: "request that was not drawn yet", many: "requests that were not drawn yet" },
  },
  inFlight: {
    what: "What is on its way: the event as the platform sent it, then the turn",
    where: "the store",
    tables: ["event", "events", "turn", "ledger", "cancelled", "click"],
    why: "A crash loses nothing",
    howLong:
      "until it is answered; then its name alone, for two days; who clicked what, an hour. What nothing came of, 30 days",
    forgotten: "Cancelled first. What is drawn already is shown, and goes then",
    counted: { one: "picture in the making, cancelled", many: "pictures in the making, cancelled" },
  },
  spool: {
    what: "Finished pictures that are about to be shown",
    where: "`spool/` in `DATA_DIR`; the store, where several processes share it",
    tables: ["spool"],
    why: "A platform that is down is waited for",
    howLong: night,
    forgotten: "What is on its way is shown, and goes then; all else is deleted",
  },
  files: {
    what: "Pictures that you sent, as files at OpenAI, and their names here",
    where: "OpenAI; the store",
    tables: ["file"],
    why: "They are sent once and used by each turn that goes on from them",
    howLong: "30 days: they are sent to OpenAI with that as their end",
    forgotten: "Deleted there and here",
    counted: { one: "file at OpenAI", many: "files at OpenAI" },
  },
  responses: {
    what: "Responses at OpenAI: your words and pictures, the model's words, what was drawn",
    where: "OpenAI",
    tables: [],
    why: "Going on from them; taking up a connection that broke",
    howLong:
      "30 days, by [OpenAI's own rule](https://developers.openai.com/api/docs/guides/your-data); with `OPENAI_STORE=off` not at all",
    forgotten: "Deleted there. What others asked for on top of it is theirs, and is over after those 30 days",
    counted: { one: "response at OpenAI", many: "responses at OpenAI" },
  },
  abuse: {
    what: "OpenAI's own logs against abuse",
    where: "OpenAI",
    tables: [],
    why: "OpenAI's rules",
    howLong:
      "30 days unless the law asks for more, by [OpenAI's own rule](https://developers.openai.com/api/docs/guides/your-data)",
    forgotten:
      "Stays: nobody but OpenAI can delete it. You are a number there, made of your id and a secret of this bot",
  },
  playground: {
    what: "The playground's threads, pictures, favourites and links, what was deleted an hour ago, and uploads",
    where: "`playground/` in `DATA_DIR`; the store, where several processes share it",
    tables: ["shared:web"],
    why: "It is the playground's chat",
    howLong:
      "`KEEP_PLAYGROUND_DAYS` after the last word in a thread; for good unless that is set. Uploads a day",
    forgotten:
      "Deleted, but for the words *forget me* and their answer: the playground knows one person, whoever has the password",
    counted: {
      one: "thread of the playground, with its pictures",
      many: "threads of the playground, with their pictures",
    },
  },
  sessions: {
    what: "Sessions and browsers that signed in to the playground, as hashes of random numbers; with several processes also how often a password was tried in vain from an address, as a hash of it",
    where: "`playground/` in `DATA_DIR`; the store, where several processes share it",
    tables: [],
    why: "Who is signed in stays so",
    howLong: "30 days at most; a browser a year, the last fifty; tries a day",
    forgotten: "Stays: you are signed in. Sign out to end it",
  },
  attendance: {
    what: "The places in which people spoke with the bot last, 200 for each platform",
    where: "the store",
    tables: ["attended"],
    why: "What was said on Discord while the bot was away is found",
    howLong: "until others come",
    forgotten: "Stays: they are places and no people",
  },
  adapters: {
    what: "Slack: which messages were moved, are at work or lost their files, by their ids",
    where: "the store",
    tables: ["adapter:slack", "adapter:discord", "adapter:web"],
    why: "A restart finds them again",
    howLong: "days at most",
    forgotten: "Stays until then: they are messages of the bot's",
  },
  forgetting: {
    what: "That you asked to be forgotten, and the counts of what was deleted",
    where: "the store",
    tables: ["forgetting"],
    why: "It outlives a restart, and you can read it again",
    howLong: "a day; while OpenAI does not answer, 30 at most",
    forgotten: "Goes by itself",
  },
  index: {
    what: "What of all this is whose: your id with the names of things, and when they came",
    where: "the store",
    tables: ["owned"],
    why: "*Forget me* and the time limits find it",
    howLong: "as long as what it names",
    forgotten: "Deleted",
  },
  spending: {
    what: "What was paid for: when, where, by whom, with which models, for how much; and the sums of it",
    where: "the store",
    tables: ["payment", "payment-day", "payment-page", "spent", "spent-of"],
    why: "Usage, budgets, and the books of whoever pays",
    howLong: "for good",
    forgotten:
      "Stays, for the books, under a number that nobody can turn back, without name and id. What counts for a budget keeps the id until that day and month are over",
  },
  waiting: {
    what: "Requests that wait for a moderator: who asked, where, the words, where the files are",
    where: "the store",
    tables: ["waiting", "waiting:all"],
    why: "They are drawn when somebody approves them, also after a restart",
    howLong: "until somebody decides, 14 days at most, and a day after that",
    forgotten: "Deleted",
  },
  budgets: {
    what: "Budgets that admins have set, for a person, too; what a turn that is on its way may cost",
    where: "the store",
    tables: ["budget", "budget-all", "budget-held"],
    why: "No more is spent than is allowed",
    howLong: "until an admin ends it; until the turn is over",
    forgotten: "Stays: a limit is the admin's",
  },
  rules: {
    what: "What admins have laid down, and who changed what of it",
    where: "the store",
    tables: ["rules", "audit", "audit:count"],
    why: "Who may draw what, and who decided so",
    howLong: "rules for good, changes a year",
    forgotten: "Stays: who decides for others stands to it",
  },
  slow: {
    what: "When a person asked last, where slow mode is on",
    where: "the store",
    tables: ["slow"],
    why: "Slow mode",
    howLong: "as long as one has to wait",
    forgotten: "Goes by itself",
  },
  failures: {
    what: "The last turns that came to nothing: who asked, where, when, and why",
    where: "the store",
    tables: ["failures"],
    why: "The admin's page",
    howLong: "until newer ones come",
    forgotten: "Deleted",
  },
  areas: {
    what: "The roles of who opened a page to paint on",
    where: "the store",
    tables: ["area:roles"],
    why: "What may be drawn may depend on them",
    howLong: "a quarter of an hour",
    forgotten: "Goes by itself",
  },
  ours: {
    what: "Nothing of people: secrets of the bot's own, what a model refused, that the store answers, which process holds what",
    where: "the store",
    tables: ["secret", "refusals", "watch", "lease", "lanes", "paced"],
    why: "Seals and numbers in place of ids; options that are not asked for twice",
    howLong: "for good",
    forgotten: "Stays",
  },
  log: {
    what: "The log: ids of people, messages and conversations, times, costs, reasons. No words, no pictures, no names",
    where: "standard error",
    tables: [],
    why: "Finding out what went wrong",
    howLong: "as long as whoever runs the bot keeps it",
    forgotten: "Stays until it is rotated",
  },
  chat: {
    what: "The messages in the chat, with their pictures",
    where: "Discord, Slack",
    tables: [],
    why: "It is the chat",
    howLong: "as the platform has it",
    forgotten:
      "Stays. *Delete* under a picture takes it away: press that before, since afterwards only a moderator can",
  },
} as const satisfies Readonly<Record<string, Kept>>;

export type KeptName = keyof typeof kept;

/** A row, with the fields that every row has. */
function keptOf(name: KeptName): Kept {
  return kept[name];
}

/** Those that are counted, in the order of the table. */
export const countedNames: readonly KeptName[] = (Object.keys(kept) as KeptName[]).filter(
  (name) => keptOf(name).counted !== undefined,
);

/** How many of each were deleted, or are there. */
export type Counts = Readonly<Partial<Record<KeptName, number>>>;

/** A line for each that there is any of. */
export function toLines(counts: Counts): readonly string[] {
  return countedNames.flatMap((name) => {
    const { [name]: count = 0 } = counts;
    const { counted } = keptOf(name);
    return counted && count > 0
      ? [`- ${count.toLocaleString("en")} ${count === 1 ? counted.one : counted.many}`]
      : [];
  });
}

/** The table of `docs/privacy.md`, in Markdown. */
export function toTable(): string {
  const rows = Object.values(kept).map(({ what, where, why, howLong, forgotten }: Kept) =>
    ["", what, where, why, howLong, forgotten, ""].join(" | ").trim(),
  );
  const head = "| What | Where | What for | How long | *Forget me* |\n| --- | --- | --- | --- | --- |";
  return `${head}\n${rows.join("\n")}`;
}
