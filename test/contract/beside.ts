/** What is missing where nobody but the person and the bot is there. */
const why = "nobody else posts a picture there";

export const nobodyBeside: Readonly<Record<string, string>> = {
  "goes on from somebody's newer picture, and from that one alone": why,
  "says which picture of somebody's it cannot use, and draws without where that is asked for": why,
};
