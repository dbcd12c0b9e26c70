import type { Rules } from "../seam/core.ts";
import { BotError } from "../seam/errors.ts";
import type { ImageOptions } from "../seam/options.ts";
import type { Place, User } from "../seam/turn.ts";
import {
  adminOptions,
  badOptions,
  checkOptions,
  noStyle,
  readFlags,
  sayUnknown,
} from "../seam/words/flags.ts";
import type { AccountBook } from "../store/accounts.ts";
import type { StoredStyle } from "../store/stored.ts";
import { findUnpermitted, toPermitted } from "./permitted.ts";
import type { StyleBook } from "./styles.ts";

/** What a person wants, with all that holds for them and for the channel. */
export interface Choice {
  /** Their words, without flags. */
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly notes: readonly string[];
  readonly style?: StoredStyle;
  /** Ids in the PictureStore. */
  readonly stylePictures?: readonly string[];
  /** The style is hidden, and so is what is drawn in it. */
  readonly spoiler?: true;
}

/** What was said: words that may hold flags, and named fields, raw. */
export interface Said {
  readonly user: User;
  readonly place: Place;
  readonly text: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that were set earlier and hold unless these words or fields say otherwise. */
  readonly earlier?: Partial<ImageOptions>;
  /** What holds in place of the defaults: the options of the picture that is drawn again. */
  readonly over?: Partial<ImageOptions>;
}

/** Throws one BotError `bad_option` for all values that cannot be and a style that is not there. */
export type Choose = (said: Said) => Promise<Choice>;

/** The options of a picture, as far as whoever has it drawn again may have them. */
export type ChooseAgain = (of: {
  readonly user: User;
  readonly place: Place;
  readonly options: Partial<ImageOptions>;
}) => Promise<Pick<Choice, "options" | "notes">>;

/**
 * Puts together what was chosen where: a field wins over a flag, that over the style, that over the person's defaults,
 * and those over the channel's. What only a moderator may set counts from a moderator alone, or from the channel.
 */
export function createChoose({
  accounts,
  styles,
  rules,
  today,
}: {
  readonly accounts: AccountBook;
  readonly styles: StyleBook;
  /** What admins have laid down. */
  readonly rules: Pick<Rules, "at">;
  /** Unix time in ms, by which models have ended or not. */
  readonly today: () => number;
}): { readonly choose: Choose; readonly chooseAgain: ChooseAgain } {
  /** A style that was a default and is gone keeps nobody from drawing. */
  async function findUsual(user: User, place: Place, name: string | undefined, notes: string[]) {
    if (!name) return undefined;
    try {
      return await styles.find(user, place, name);
    } catch (error) {
      if (!(error instanceof BotError) || error.code !== "bad_option") throw error;
      notes.push(`The style “${name}” is gone, so I drew without it.`);
      return undefined;
    }
  }

  const channelsOf = async ({ channel }: Place) => (await accounts.of(channel)).defaults;

  const chooseAgain: ChooseAgain = async ({ user, place, options }) => {
    const notes: string[] = [];
    const whole = permit(options, await channelsOf(place), user, notes);
    const permitted = toPermitted(whole, await rules.at(place), today());
    return { options: permitted.options, notes: [...notes, ...permitted.notes] };
  };

  /** A style that was asked for; one that is not there is one more problem. */
  async function findAsked(user: User, place: Place, name: string, problems: string[]) {
    try {
      return await styles.find(user, place, name);
    } catch (error) {
      if (!(error instanceof BotError) || error.code !== "bad_option") throw error;
      problems.push(error.message);
      return undefined;
    }
  }

  const choose: Choose = async ({ user, place, text, options, earlier, over }) => {
    const flags = readFlags(text);
    const fields = checkOptions(options);
    const { unknown } = flags;
    const sayLost = (then: (several: boolean) => string) =>
      unknown.length > 0 ? [sayUnknown(unknown, then)] : [];
    const notes = sayLost((several) => `I left ${several ? "them" : "it"} in the words`);
    const held = await rules.at(place);
    const said = { ...earlier, ...flags.options, ...fields.options };
    const unpermitted = findUnpermitted(said, held, today()).map(({ words }) => words);
    const problems = [...flags.problems, ...fields.problems, ...unpermitted];
    const channels = await channelsOf(place);
    const usual = over ?? { ...channels, ...(await accounts.of(user.id)).defaults };
    const isBare = said.style === noStyle;
    const style =
      said.style && !isBare
        ? await findAsked(user, place, said.style, problems)
        : await findUsual(user, place, over || isBare ? undefined : usual.style, notes);
    if (problems.length > 0) {
      throw badOptions([
        ...problems,
        ...sayLost((several) => `${several ? "they are" : "it is"} none I can use`),
      ]);
    }
    const all = { ...usual, ...style?.options, ...said };
    const whole = permit(style || (over && !isBare) ? all : withoutStyle(all), channels, user, notes);
    const permitted = toPermitted(whole, held, today());
    return {
      text: flags.text,
      options: permitted.options,
      notes: [...notes, ...permitted.notes],
      ...(style && {
        style: { name: style.name, instruction: style.instruction },
        stylePictures: style.pictures,
        ...(style.spoiler && { spoiler: true }),
      }),
    };
  };

  return { choose, chooseAgain };
}

/** What is the admin's to set is as the channel has it for everybody else; where that is another, it is said. */
function permit(
  options: Partial<ImageOptions>,
  channels: Partial<ImageOptions>,
  user: User,
  notes: string[],
): Partial<ImageOptions> {
  const denied = user.moderator
    ? []
    : adminOptions(options).filter((name) => options[name] !== channels[name]);
  if (denied.length === 0) return options;
  notes.push(`Only a moderator can set ${denied.join(" and ")}, so I left it out.`);
  const isDenied = ([name]: readonly [string, unknown]) => denied.some((one) => one === name);
  const rest = Object.entries(options).filter((option) => !isDenied(option));
  return Object.fromEntries([...rest, ...Object.entries(channels).filter(isDenied)]);
}

function withoutStyle({ style: _, ...rest }: Partial<ImageOptions>): Partial<ImageOptions> {
  return rest;
}
