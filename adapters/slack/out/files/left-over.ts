import type { Stage } from "../../live/stage.ts";
import type { Upload } from "../../live/uploads/records.ts";
import { filesOf, handedWith, shownIdsOf } from "../../wire/pictures.ts";

/** Whether the message that was to show a file does not. Undefined: nobody can tell. Rejects as Slack does. */
export async function isLeftOver(
  { send }: Pick<Stage, "send">,
  id: string,
  { spot }: Pick<Upload, "spot">,
): Promise<boolean | undefined> {
  if (!spot) return undefined;
  const found = await send.fetchMessage(spot);
  const shown = found
    ? [...shownIdsOf(found), ...filesOf(found).map((file) => file.id), ...handedWith(found)]
    : [];
  return !shown.includes(id);
}
