import { createClient, limitsOf, type PainterOptions } from "../../src/openai/client.ts";
import { createResponses, type Responses } from "../../src/openai/responses/responses.ts";

/** The Responses API by itself, as a painter has it. */
export function createResponsesOn(options: PainterOptions): Responses {
  const { log, backoffMs = 1000, pollMs = 3000, stuckMs = 15 * 60_000 } = options;
  const server = "The server that OPENAI_BASE_URL names";
  const stream = limitsOf(options);
  return createResponses(createClient(options), { server, log, backoffMs, pollMs, stuckMs, stream });
}
