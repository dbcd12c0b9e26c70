import type { AccountBook } from "./accounts.ts";
import type { Place, User } from "./adapter.ts";
import { BotError } from "./errors.ts";
import { adminOptions, parseFlags, parseOptions } from "./flags.ts";
import type { ImageOptions } from "./options.ts";
import type { StoredStyle } from "./stored.ts";
import type { StyleBook } from "./styles.ts";

/** What a person wants, with all that holds for them and for the channel. */
export interface Choice {
  /** Their words, without flags. */
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly notes: readonly string[];
  readonly style?: StoredStyle;
  /** Ids in Keep. */
  readonly stylePictures?: readonly string[];
}

/** What was said: words that may hold flags, and named fields, raw. */
export interface Said {
  readonly user: User;
  readonly place: Place;
  readonly text: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What holds in place of the defaults: the options of the picture that is drawn again. */
  readonly over?: Partial<ImageOptions>;
}

/** Throws BotError `bad_option` for a value that cannot be and for a style that is not there. */
export type Choose = (said: Said) => Promise<Choice>;

/**
 * Puts together what was chosen where: a field wins over a flag, that over the style, that over the person's defaults,
 * and those over the channel's. What only a moderator may set counts from a moderator alone, or from the channel.
 */
export function createChoose({
  accounts,
  styles,
}: {
  readonly accounts: AccountBook;
  readonly styles: StyleBook;
}): Choose {
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

  return async ({ user, place, text, options, over }) => {
    const flags = parseFlags(text);
    const notes = [...flags.notes];
    const said = { ...flags.options, ...parseOptions(options) };
    const own = over ? {} : (await accounts.of(user.id)).defaults;
    const base = over ?? (await accounts.of(place.channel)).defaults;
    const usual = own.style ?? base.style;
    const style = said.style
      ? await styles.find(user, place, said.style)
      : await findUsual(user, place, usual, notes);
    const choice = permit({ ...own, ...style?.options, ...said }, user, notes);
    return {
      text: flags.text,
      options: { ...base, ...choice },
      notes,
      ...(style && {
        style: { name: style.name, instruction: style.instruction },
        stylePictures: style.pictures,
      }),
    };
  };
}

/** What is the admin's to set is left out for everybody else, and said. */
function permit(options: Partial<ImageOptions>, user: User, notes: string[]): Partial<ImageOptions> {
  const denied = user.moderator ? [] : adminOptions(options);
  if (denied.length === 0) return options;
  notes.push(`Only a moderator can set ${denied.join(" and ")}, so I left it out.`);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !denied.includes(name)));
}
