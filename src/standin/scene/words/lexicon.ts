import type { Grade, Place, Style, Time, Weather } from "../scene.ts";

/** What a text means by the words in it. */
export type Table<T extends string> = readonly (readonly [T, RegExp])[];

/** Words that mean a place; the first row that fits decides. */
export const placeWords: Table<Place> = [
  ["studio", /\b(plain|white|solid|neutral|seamless) (studio )?(background|backdrop)\b/],
  ["lounge", /\b(lounge|indoor (swimming )?pool|spa|conservatory)\b/],
  ["underwater", /\b(underwater|under the sea|under water|coral|reef|aquarium|ocean floor|seabed)\b/],
  ["space", /\b(space|galaxy|cosmos|cosmic|nebula|orbit|universe|outer space|on the moon|on mars)\b/],
  ["pool", /\b(pool|poolside|swimming pool)\b/],
  ["beach", /\b(beach|seaside|tropical|island|shore|coast)\b/],
  ["sea", /\b(sea|ocean|waves?|harbou?r|port|lighthouse|lake|water|boats?|sailing|ships?|whales?|bay)\b/],
  ["mountains", /\b(mountains?|alps?|peaks?|hills?|cliffs?|volcano|valley|hiking)\b/],
  ["forest", /\b(forest|woods?|woodland|jungle|trees|mushrooms?|rainforest)\b/],
  [
    "city",
    /\b(city|town|street|skyline|urban|downtown|skyscrapers?|metropolis|tokyo|paris|london|new york|cyberpunk|taxi)\b/,
  ],
  ["desert", /\b(desert|dunes?|sahara|canyon|cactus|cacti|pyramids?)\b/],
  ["river", /\b(river|stream|creek|bridge|drawbridge|moat|waterfall|canal)\b/],
  ["snow", /\b(snowy|snow|winter|arctic|ice|icy|glacier|christmas|penguins?|ski)\b/],
  ["garden", /\b(garden|park|flowers?|orchard|backyard|picnic|tulips?|roses?|spring)\b/],
  [
    "room",
    /\b(room|kitchen|bedroom|office|interior|indoors?|inside|desk|table|cafe|café|window|sofa|library|studio apartment|cozy|cosy|bookshop|cup|mug|coffee|tea|book|cake|gift basket)\b/,
  ],
  ["sky", /\b(sky|clouds?|flying|floating|hot[- ]air|airship|plane|kite)\b/],
  [
    "studio",
    /\b(logo|icon|sticker|sprite|emblem|product shot|studio|mascot|plain background|white background|badge)\b/,
  ],
  ["meadow", /\b(meadows?|fields?|farm|countryside|grass|prairie|landscape|village)\b/],
];

/** Words that mean a time of day. */
export const timeWords: Table<Time> = [
  [
    "night",
    /\b(night|midnight|moonlight|moonlit|moon|stars|starry|dark|nocturnal|fireworks?|evening|noir)\b/,
  ],
  ["sunset", /\b(sunset|dusk|golden hour|twilight|autumn|fall colou?rs)\b/],
  ["dawn", /\b(dawn|sunrise|morning|misty|early)\b/],
  ["day", /\b(day|daytime|daylight|noon|sunny|midday|summer|bright day)\b/],
];

/** Words that mean a weather. */
export const weatherWords: Table<Weather> = [
  ["snow", /\b(snow|snowing|snowy|snowfall|blizzard|christmas|winter|wintry)\b/],
  ["rain", /\b(rain|rainy|raining|storm|stormy|drizzle)\b/],
  ["fog", /\b(fog|foggy|mist|misty|haze|hazy)\b/],
  ["clear", /\b(clear sky|clear weather|cloudless|no rain|no snow|no fog|sunny)\b/],
];

/** Words that mean a way of drawing. */
export const styleWords: Table<Style> = [
  ["watercolor", /\b(watercolou?rs?|aquarelle|gouache|painterly|oil painting|impressionist|painted)\b/],
  ["realistic", /\b(realistic|photo-?realistic|photographic|lifelike|true to life)\b/],
  ["pixel", /\b(pixel[- ]?art|pixelated|8[- ]?bit|16[- ]?bit|retro game)\b/],
  [
    "lineart",
    /\b(line[- ]?art|line drawing|outline|colou?ring (page|book)|ink drawing|pen and ink|sketch|pencil|black[- ]and[- ]white drawing)\b/,
  ],
  ["noir", /\b(noir|film noir|high contrast black and white)\b/],
  ["blueprint", /\b(blueprint|technical drawing|schematic)\b/],
  ["neon", /\b(neon|synthwave|vaporwave|cyberpunk|glowing)\b/],
  [
    "poster",
    /\b(poster|screen ?print|risograph|woodcut|linocut|travel poster|flat design|minimalist|art deco)\b/,
  ],
];

/** Words that mean a mood of colour. */
export const gradeWords: Table<Grade> = [
  ["mono", /\b(black[- ]and[- ]white|monochrome|gr[ae]y ?scale|b&w)\b/],
  ["warm", /\b(warm|warmer|cozy|cosy|golden)\b/],
  ["cool", /\b(cool|cooler|cold|colder|chilly|bluish)\b/],
  ["vivid", /\b(vivid|vibrant|colou?rful|saturated|bold colou?rs|more colou?r)\b/],
  ["faded", /\b(faded|pastel|muted|vintage|retro|soft colou?rs|dreamy|sepia)\b/],
  ["dark", /\b(darker|gloomy|moody|dramatic|spooky|scary|sad)\b/],
  ["bright", /\b(brighter|lighter|cheerful|happy|bright)\b/],
];

/** Colour words, for things and for backdrops. */
export const colours: Readonly<Record<string, string>> = {
  red: "#dc4238",
  crimson: "#b8283c",
  scarlet: "#e0402f",
  orange: "#f08a2c",
  amber: "#f2a93b",
  yellow: "#f6c93c",
  gold: "#e5b23a",
  golden: "#e5b23a",
  green: "#4f9d55",
  lime: "#9ccc3c",
  olive: "#8a8f45",
  emerald: "#2f9a6c",
  teal: "#2f8f94",
  turquoise: "#3fb8b8",
  mint: "#9adcc0",
  cyan: "#3fc0d8",
  blue: "#3f7fd0",
  navy: "#2b3f78",
  indigo: "#4b4fa0",
  azure: "#5fa8e8",
  purple: "#8a5ab8",
  violet: "#8f6fd0",
  lilac: "#c0a4dc",
  lavender: "#b8a8e0",
  magenta: "#cf4fa0",
  pink: "#f28bb0",
  brown: "#8a5a3c",
  beige: "#e0cba8",
  tan: "#c8a070",
  black: "#35323c",
  white: "#f7f3ec",
  grey: "#9a97a0",
  gray: "#9a97a0",
  silver: "#c0c2cc",
  cream: "#f6ead0",
  ginger: "#e08a45",
  peach: "#f7b58f",
  coral: "#f27a66",
};

/** Words that mean a number. */
export const counts: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  the: 1,
  two: 2,
  pair: 2,
  couple: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  several: 4,
  some: 3,
  few: 3,
  many: 6,
  flock: 6,
  herd: 5,
  group: 4,
  bunch: 5,
  "2": 2,
  "3": 3,
  "4": 4,
  "5": 5,
  "6": 6,
};

/** Words that mean a size, as a part of the usual one. */
export const scales: Readonly<Record<string, number>> = {
  tiny: 0.5,
  little: 0.7,
  small: 0.7,
  miniature: 0.5,
  baby: 0.65,
  big: 1.35,
  large: 1.35,
  huge: 1.6,
  giant: 1.75,
  enormous: 1.75,
  tall: 1.25,
  massive: 1.7,
  gigantic: 1.8,
};

/** Words that name nothing. */
export const filler = new Set(
  "a an the and or of in on at by to for from with without into over under near next this that these those it its as is are be make made add put place draw paint sketch create generate render please picture image photo illustration drawing poster style art scene me my your his her their some more very please show give want need have has keep same but not no now then also just like edit change turn remove replace background foreground front behind look looking using use can you could would one first second third everything all color colour colored coloured left right top bottom middle center centre corner sitting standing walking running wearing holding riding sleeping playing eating drinking small big large tiny huge little giant new old young beautiful cute cozy cosy nice modern vintage bright dark wide tall square version pictures images".split(
    " ",
  ),
);
