import { redact } from "../seam/log.ts";
import type { SettingInForce } from "../seam/watch/admin.ts";
import { readSecretFiles } from "./secret-files.ts";
import { readDefaults, variables } from "./variables.ts";
import { toPlain } from "./written.ts";

/** Every setting as it holds, for somebody to read. `env` is one that `parseConfig` has taken. */
export function listSettings(env: Readonly<Record<string, string | undefined>>): readonly SettingInForce[] {
  const defaults = readDefaults();
  const { env: given } = readSecretFiles(env);
  return Object.entries(variables).map(([name, { part, about, otherwise, secret }]) => {
    const own = given[name]?.trim();
    const isSet = own !== undefined && own !== "";
    const unset = defaults[name] ?? toPlain(otherwise ?? "not set");
    const shown = secret ? "set" : redact(own ?? "");
    return { name, part, about: toPlain(about), value: isSet ? shown : unset, isSet };
  });
}
