import type {
  AdminAnswers,
  Health,
  SettingInForce,
  WireNow,
  WireRule,
  WireSpending,
} from "../../admin/messages.ts";

/** The parts of the page, in the order in which they stand in its menu. */
export const sections = [
  { name: "now", label: "Now" },
  { name: "spending", label: "Spending" },
  { name: "rules", label: "Rules" },
  { name: "failures", label: "Failures" },
  { name: "system", label: "System" },
] as const;

export type SectionName = (typeof sections)[number]["name"];

/** What somebody sees. What is undefined has not been fetched yet. */
export interface State {
  readonly section: SectionName;
  readonly now?: WireNow;
  /** Whether what happens comes in. */
  readonly isLive: boolean;
  readonly failures?: AdminAnswers["failures"];
  /** Only those that somebody has to mend. */
  readonly gravesOnly: boolean;
  readonly health?: readonly Health[];
  readonly settings?: readonly SettingInForce[];
  readonly spending?: WireSpending;
  readonly budget?: AdminAnswers["budget"];
  /** How many days of spending are shown, and by what. */
  readonly spendingOf: { readonly days: number; readonly by: WireSpending["by"] };
  readonly communities?: AdminAnswers["communities"];
  /** The one whose rules are shown, and those. */
  readonly community?: string;
  readonly rules?: AdminAnswers["rules"];
  /** What was asked for, of turns that were opened, by their message. */
  readonly prompts: ReadonlyMap<string, string>;
  /** What went wrong last, in words. */
  readonly trouble?: string;
  readonly signedIn: boolean;
}

/** What somebody can do. None rejects: what goes wrong is in `trouble`. */
export interface Actions {
  open(message: string): void;
  shut(message: string): void;
  cancel(message: string, whose: string): void;
  drain(): void;
  take(): void;
  showGraves(only: boolean): void;
  showSpending(of: Partial<State["spendingOf"]>): void;
  chooseCommunity(community: string): void;
  changeRule(rule: WireRule): void;
  changeBudget(): void;
  dismiss(): void;
  retry(): void;
  turnTheme(): void;
}

/** The section that an address names; the first one for any other. */
export function toSection(hash: string): SectionName {
  return sections.find(({ name }) => hash === `#${name}`)?.name ?? "now";
}
