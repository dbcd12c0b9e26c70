import { knownNames } from "./variables.ts";

/** A name that was set and means nothing to us. */
export interface UnknownName {
  readonly name: string;
  /** What may have been meant. */
  readonly nearest?: string;
}

/** What begins like this is meant for us, or for a library of ours. */
const ours = /^(?:OPENAI|DISCORD|SLACK|PLAYGROUND|STANDIN|METRICS|HEALTH|DRAWBRIDGE)_/i;

/** What others read: our libraries, Node, the system, container engines; and what those set for a service by our name. */
const others = new RegExp(
  [
    "^OPENAI_(?:ORG_ID|PROJECT_ID|LOG|WEBHOOK_SECRET|ADMIN_KEY|CUSTOM_HEADERS)$",
    "^(?:NODE|UV|NPM|LC|PG|POSTGRES|SSL|COMPOSE|DOCKER|BUILDKIT)_?",
    "^(?:TZ|LANG|PATH|HOME|(?:HTTPS?|NO|ALL)_PROXY)$",
    String.raw`_(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?)$`,
  ].join("|"),
);

/** Characters between a name and ours up to which it is a slip of the pen, where it does not begin like ours. */
const slip = 2;

/** Shorter names than that are near to too many others. */
const shortest = 6;

/**
 * The names that are set and mean nothing: those of `.env`, where all is meant for us, and of the environment those that
 * begin like ours or are but a slip away from one.
 */
export function findUnknownNames(
  env: Readonly<Record<string, string | undefined>>,
  inFile: Iterable<string> = [],
): readonly UnknownName[] {
  const known = new Set(knownNames);
  const own = new Set(inFile);
  const names = new Set([...Object.keys(env), ...own]);
  return [...names].flatMap((name): readonly UnknownName[] => {
    if (known.has(name) || others.test(name)) return [];
    const { nearest, distance } = nearestOf(name);
    const isMeant = own.has(name) || ours.test(name) || (name.length >= shortest && distance <= slip);
    if (!isMeant) return [];
    return [{ name, ...(distance <= Math.max(slip, name.length / 3) && { nearest }) }];
  });
}

/** A line for an admin. */
export function sayUnknown({ name, nearest }: UnknownName): string {
  const guess = nearest === undefined ? "docs/settings.md names all there are" : `did you mean ${nearest}?`;
  return `${name} is no setting of mine: ${guess}`;
}

function nearestOf(name: string): { readonly nearest: string; readonly distance: number } {
  const [nearest = "", distance = 0] =
    knownNames
      .map((known) => [known, distanceBetween(name.toUpperCase(), known)] as const)
      .sort(([, one], [, other]) => one - other)[0] ?? [];
  return { nearest, distance };
}

/** Characters to add, leave out, replace, or swap with the next one (optimal string alignment). */
function distanceBetween(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= one.length; row += 1) {
    const cells = [row];
    rows.push(cells);
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      cells.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
