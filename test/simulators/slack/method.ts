import type { Args } from "./args.ts";
import type { Fields } from "./fields.ts";

/** How often a method may be called a minute. Source: docs.slack.dev, apis/web-api/rate-limits. */
export const tiers = { 1: 1, 2: 20, 3: 50, 4: 100, special: 60 } as const;

/** One method of the Web API. */
export interface Method {
  /** E.g. `chat.postMessage`. */
  readonly name: string;
  /** The scope the token needs; of several, any one is enough. */
  readonly scopes?: readonly string[];
  readonly tier: keyof typeof tiers;
  /** `app`: takes the app-level token, `xapp-…`; `config`: the one of who may change the app, `xoxe.xoxp-…`. */
  readonly token?: "bot" | "app" | "config";
  /** What is counted apart, e.g. the channel: `chat.postMessage` may be called once a second in each. */
  perSecond?(args: Args): string | undefined;
  /** Answers what stands beside `ok: true`. Throws ApiError. */
  run(args: Args): Fields | Promise<Fields>;
}
