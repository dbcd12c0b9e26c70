import OpenAI from "openai";
import { toRequest } from "../../src/openai/responses/request.ts";
import { createStudio } from "../rig/studio.ts";
import { compare } from "./compare.ts";

/** A whole turn, its sketches shown, its picture kept, against the bare SDK; both over a stand-in that draws at once. */
export async function benchTurn(): Promise<void> {
  const studio = await createStudio({ paceMs: 0, drawn: true });
  const client = new OpenAI({ apiKey: "x", baseURL: studio.standin.url });
  const defaults = { model: "gpt-6-luna", imageModels: ["gpt-image-2"], background: true, store: true };
  let turn = 0;

  const bare = (partials: number) => async () => {
    turn += 1;
    const wish = {
      text: `a fox ${turn}`,
      options: { partials },
      imageModel: "gpt-image-2",
      inputs: [],
      mustDraw: false,
      safetyId: "x",
    };
    for await (const event of await client.responses.create(toRequest(wish, defaults))) void event;
  };
  const whole = (partials: number) => () => {
    turn += 1;
    return studio.say(`a fox ${turn}`, { options: { partials }, thread: `bench:${turn}` });
  };
  await compare(
    "One picture from the stand-in",
    {
      "the SDK alone, two sketches": bare(2),
      "a turn, two sketches": whole(2),
      "the SDK alone, no sketches": bare(0),
      "a turn, no sketches": whole(0),
    },
    5,
  );
  await studio.close();
}
