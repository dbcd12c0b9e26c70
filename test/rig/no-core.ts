import { toLimits } from "../../src/pictures/encode.ts";
import type { Accounts, Core, Handle, Styles } from "../../src/seam/core.ts";
import { BotError } from "../../src/seam/errors.ts";

/** Accounts of people who have set nothing and drawn nothing. */
const noAccounts: Accounts = {
  of: async () => ({ defaults: {}, pictures: 0, usd: 0 }),
  setDefaults: async () => {},
};

const noStyle = async (): Promise<never> => {
  throw new BotError("bad_option", "There is no such style.");
};

/** Nobody has saved a style. */
export const noStyles: Styles = {
  list: async () => [],
  save: noStyle,
  pictures: noStyle,
  remove: noStyle,
};

/** A core that knows nothing, for adapters that are tested by what they hand to it. */
export function noCore(handle: Handle = async () => {}, parts: Partial<Core> = {}): Core {
  return {
    handle,
    note: async () => (work) => work(),
    missed: async () => undefined,
    promptOf: async () => undefined,
    backTo: async () => undefined,
    removed: async () => {},
    accounts: noAccounts,
    styles: noStyles,
    estimateOf: async () => undefined,
    toLimits,
    fromAddress: (name) => ({
      ...{ name, mediaType: "application/octet-stream", size: 0 },
      read: () => Promise.reject(new BotError("bad_attachment", `“${name}” is not fetched here.`)),
    }),
    ...parts,
  };
}
