/** What is missing where nobody but the person and the bot is there. */
const why = "nobody else posts a picture there";

export const nobodyBeside: Readonly<Record<string, string>> = {
  "goes on from somebody's newer picture, and from that one alone": why,
  "goes on from somebody's picture when what was made of it is undone, also after a restart": why,
  "says which picture of somebody's it cannot use, and draws without where that is asked for": why,
};

/** What is missing where no moderator is there. */
export const nobodyModerates: Readonly<Record<string, string>> = {
  "has what is expensive wait for a moderator, whose press draws it, also after a restart":
    "nobody but the person sees what waits there, so it is refused, with where to ask",
};
