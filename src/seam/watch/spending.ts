import type { ChannelKey, CommunityKey, EventKey, MessageKey } from "../turn.ts";

/** A day, YYYY-MM-DD, in the time zone that budgets go by. */
export type Day = string;

/** The kinds of tokens that an invoice lists; of what came in, what had a price of its own stands in a kind of its own. */
export const tokenKinds = [
  "textInput",
  "cachedTextInput",
  "cacheWrites",
  "imageInput",
  "cachedImageInput",
  "textOutput",
  "imageOutput",
] as const;

export type TokenKind = (typeof tokenKinds)[number];

export type Tokens = Readonly<Record<TokenKind, number>>;

/** What one model took for one answer. */
export interface BillLine {
  readonly model: string;
  readonly tokens: Tokens;
  /** US dollars; absent where the model has no price. */
  readonly usd?: number;
  /** OpenAI did not say what it took: these are the dollars that it takes at least. */
  readonly isEstimated?: true;
}

/** One answer that was paid for, or what came to nothing and was charged all the same. */
export interface Payment {
  /** When it was drawn, Unix time in ms. */
  readonly at: number;
  readonly adapter: string;
  readonly message: MessageKey;
  readonly event?: EventKey;
  readonly community?: CommunityKey;
  readonly channel?: ChannelKey;
  /** As they were called then. */
  readonly person: { readonly id: string; readonly name: string };
  readonly engine: string;
  /** How many pictures came of it. */
  readonly pictures: number;
  /** One for each model that took part. */
  readonly lines: readonly BillLine[];
  /** The day the prices are of. */
  readonly pricesOf: string;
}

/** A sum over answers. */
export interface Spent {
  readonly answers: number;
  readonly pictures: number;
  /** US dollars, by the prices of when it was drawn. */
  readonly usd: number;
  /** Answers in which a model without a price took part: their dollars are not, or not all, in `usd`. */
  readonly unpriced: number;
  readonly tokens: Tokens;
}

/** What a sum is over. `community`, `channel` and `person` by their keys, `model` by its name. */
export type SpendingBy = "day" | "community" | "channel" | "person" | "model";

export interface SpendingRow extends Spent {
  /** The day, the key or the model's name. */
  readonly of: string;
  /** As it was called last, where that is known. */
  readonly name?: string;
}

/** From one day to another, both among them. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** What was spent, as an admin reads it. Calls reject with BotError `bad_option` for no days, `storage` when the store fails. */
export interface Spending {
  /** The day that it is now. */
  today(): Day;
  /** Days in their order, those without an answer left out; else the dearest first. A year and a month at most. */
  sums(range: DayRange & { readonly by: SpendingBy }): Promise<readonly SpendingRow[]>;
  /** Every payment, in the order in which they were made. */
  payments(range: DayRange): AsyncIterable<Payment>;
  /** The same as CSV (RFC 4180), a line for each model that took part, a page at a time; its first line has the names. */
  csv(range: DayRange): AsyncIterable<string>;
}
