import type { Limits } from "../../../../src/seam/budget.ts";
import type { AdminAnswers, WireSpending } from "../../admin/messages.ts";

/** The server's requests. Each rejects with an Error whose message a person can read. */
export const api = {
  about: () => ask<AdminAnswers["about"]>("about"),
  now: () => ask<AdminAnswers["now"]>("now"),
  failures: () => ask<AdminAnswers["failures"]>("failures"),
  health: () => ask<AdminAnswers["health"]>("health"),
  settings: () => ask<AdminAnswers["settings"]>("settings"),
  spending: (days: number, by: WireSpending["by"]) =>
    ask<AdminAnswers["spending"]>(`spending?days=${days}&by=${by}`),
  budget: () => ask<AdminAnswers["budget"]>("budget"),
  setBudget: (limits: Limits) => ask<AdminAnswers["budget"]>("budget", limits),
  communities: () => ask<AdminAnswers["communities"]>("communities"),
  rules: (community: string) =>
    ask<AdminAnswers["rules"]>(`rules?community=${encodeURIComponent(community)}`),
  /** `value` undefined: laid down no more. */
  setRule: (community: string, rule: string, value: unknown) =>
    ask<AdminAnswers["rules"]>("rules", { community, rule, value }),
  prompt: (message: string) => ask<AdminAnswers["prompt"]>("prompt", { message }),
  cancel: (message: string) => ask<void>("cancel", { message }),
  drain: () => ask<AdminAnswers["now"]>("drain", {}),
  take: () => ask<AdminAnswers["now"]>("take", {}),
};

/** How long an answer may be on its way, in ms. */
const patienceMs = 30_000;

/** `body`: something is done by it, and not only read. */
async function ask<Answer>(what: string, body?: object): Promise<Answer> {
  const init = body && {
    ...{ method: "POST", body: JSON.stringify(body) },
    headers: { "content-type": "application/json" },
  };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/admin/api/${what}`, { ...init, signal: AbortSignal.timeout(patienceMs) });
    text = await response.text();
  } catch (cause) {
    throw new Error("The server cannot be reached. Try again in a moment.", { cause });
  }
  // The session is over: at the door it can be gone on.
  if (response.status === 401) location.assign("/admin/login");
  if (!response.ok) throw new Error(toMessage(text, response.status));
  return (text ? JSON.parse(text) : undefined) as Answer; // the contract in messages.ts, from our own origin
}

function toMessage(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === "string" && error.message) return error.message;
  } catch {
    // Not ours: a proxy's page, most likely.
  }
  return `The server answered with an error (${status}). Try again in a moment.`;
}
