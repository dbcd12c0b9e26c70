import type { Fault } from "../errors/faults.ts";
import type { Params } from "../params/params.ts";
import type { Draw, Scene } from "../scene/scene.ts";

/** A picture that was sent in, kept by its hash. Sizes in pixels. */
export interface PictureRef {
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** Its overall colour, `#rrggbb`. */
  readonly colour: string;
  /** Bytes of the file as it came. */
  readonly bytes: number;
  readonly format: string;
  /** What the words before it call it, e.g. `Picture 2`. */
  readonly label?: string;
}

/** Everything a response will do, decided when it is created, so that it can be told again at any time. */
export interface Plan {
  readonly draws: readonly Draw[];
  readonly words?: string;
  readonly end:
    | { readonly status: "completed" }
    | {
        readonly status: "failed";
        readonly code: "server_error" | "rate_limit_exceeded" | "image_content_policy_violation";
        readonly message: string;
      }
    | { readonly status: "incomplete"; readonly reason: "max_output_tokens" | "content_filter" };
}

/** What a later turn builds on. */
export interface Memory {
  readonly scene?: Scene;
  readonly width?: number;
  readonly height?: number;
  readonly pictures: readonly PictureRef[];
}

/** A response as kept: the whole of it follows from this. Times in Unix ms. */
export interface ResponseRecord {
  readonly id: string;
  readonly createdMs: number;
  readonly params: Omit<Params, "input">;
  /** The items that came in, without the bytes of pictures. */
  readonly items: readonly unknown[];
  readonly inputTokens: number;
  readonly plan: Plan;
  readonly memory: Memory;
  readonly paceMs: number;
  readonly open: boolean;
  readonly status: "queued" | "in_progress" | "completed" | "failed" | "cancelled" | "incomplete";
  readonly endedMs?: number;
}

/** A record read back from the store, which only ever holds what we put there. */
export function toRecord(kept: unknown): ResponseRecord | undefined {
  return typeof kept === "object" && kept !== null && "plan" in kept ? (kept as ResponseRecord) : undefined;
}

/** A fault that changes what a response does, rather than how it travels. */
export function bend(plan: Plan, fault: Fault | undefined): Plan {
  switch (fault?.kind) {
    case "refuse": {
      const { stage = "input", categories = ["other"], as = "item" } = fault;
      const draws = plan.draws.map((draw) => ({ ...draw, refusal: { stage, categories } }));
      return as === "failed" ? { draws, end: policyEnd } : { ...plan, draws };
    }
    case "fail":
      return {
        ...plan,
        end: {
          status: "failed",
          code: fault.code ?? "server_error",
          message:
            fault.message ?? "The server had an error while processing your request. Sorry about that!",
        },
      };
    case "incomplete":
      return { ...plan, end: { status: "incomplete", reason: fault.reason ?? "max_output_tokens" } };
    case "garbage":
      return { ...plan, draws: plan.draws.map((draw) => ({ ...draw, garbage: true })) };
    default:
      return plan;
  }
}

/** How a response ends when moderation stopped its picture and the tool had to be called. */
export const policyEnd: Plan["end"] = {
  status: "failed",
  code: "image_content_policy_violation",
  message: "The image generation call was blocked by our safety system.",
};
