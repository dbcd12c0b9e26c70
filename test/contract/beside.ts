/** What is missing where nobody but the person and the bot is there. */
const why = "nobody else posts a picture there";

export const nobodyBeside: Readonly<Record<string, string>> = {
  "goes on from somebody's newer picture, and from that one alone": why,
  "goes on from somebody's picture when what was made of it is undone, also after a restart": why,
  "says which picture of somebody's it cannot use, and draws without where that is asked for": why,
};
