import { parts, readDefaults, secretNames, variables } from "./variables.ts";

/** `.env.example`: every variable, commented out, with what it does; to be copied to `.env`. */
export function toEnvExample(): string {
  const defaults = readDefaults();
  const sections = parts.map((part) => {
    const entries = Object.entries(variables)
      .filter(([, variable]) => variable.part === part)
      .map(([name, { about, example, otherwise }]) => {
        const words = toPlain(about);
        const unset = otherwise === undefined ? "" : ` (unset: ${toPlain(otherwise)})`;
        return `# ${words}${unset}\n#${name}=${defaults[name] ?? example ?? "off"}`;
      });
    return `## ${part}\n\n${entries.join("\n\n")}`;
  });
  return `${head}\n\n${sections.join("\n\n")}\n`;
}

const head = [
  "# Every setting of Drawbridge. Copy this file to .env, and take the # from what you set.",
  "# What is shown is the default where there is one, else an example.",
  `# Instead of a secret you can name a file that holds it: ${secretNames.map((name) => `${name}_FILE`).join(", ")}.`,
  "# Made by `npm run settings` from src/setup/variables.ts; docs/settings.md says the same as a table.",
].join("\n");

/** The table of `docs/settings.md`, in Markdown. */
export function toTable(): string {
  const defaults = readDefaults();
  return parts
    .map((part) => {
      const rows = Object.entries(variables)
        .filter(([, variable]) => variable.part === part)
        .map(([name, { about, otherwise, secret }]) => {
          const shown = defaults[name] === undefined ? (otherwise ?? "") : `\`${defaults[name]}\``;
          const names = secret ? `\`${name}\`, or a file: \`${name}_FILE\`` : `\`${name}\``;
          return `| ${names} | ${shown} | ${about} |`;
        });
      return [`## ${part}`, "", "| Variable | Unless set | |", "| --- | --- | --- |", ...rows].join("\n");
    })
    .join("\n\n");
}

/** Without links and code marks. */
export function toPlain(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}
