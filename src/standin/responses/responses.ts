import { randomBytes } from "node:crypto";
import { badRequest, notFound } from "../errors/api-error.ts";
import type { Fault } from "../errors/faults.ts";
import { callIds, type Inputs, readInputs } from "../inputs/inputs.ts";
import type { InputSources } from "../inputs/message.ts";
import { toReferences } from "../inputs/references.ts";
import { fromDataUrl, keepMask } from "../kept/pictures.ts";
import { bend, type ResponseRecord, toRecord } from "../kept/record.ts";
import type { Store } from "../kept/store.ts";
import { type Checked, parseParams } from "../params/params.ts";
import { type Mask, toPlan } from "../plan/plan.ts";
import { callId, type Paint, toEnded } from "../wire/script.ts";
import { toResponse, type WireResponse } from "../wire/wire-response.ts";
import type { Runs } from "./runs.ts";

/** The responses endpoint without its HTTP. */
export interface Responses {
  /** Checks a body, decides the response and sets it going. Throws ApiError. */
  create(body: unknown, fault: Fault | undefined): Promise<ResponseRecord>;
  /** Throws ApiError 404. */
  find(id: string): ResponseRecord;
  /** A response as it stands now. */
  show(record: ResponseRecord): Promise<WireResponse>;
  /** Throws ApiError 404, and 400 for one that was not made in the background. */
  cancel(id: string): Promise<WireResponse>;
  /** Throws ApiError 404. */
  delete(id: string): { id: string; object: "response"; deleted: true };
  /** Throws ApiError 404. */
  items(id: string): { object: "list"; data: unknown[]; has_more: false; first_id: string; last_id: string };
}

export function createResponses(deps: {
  store: Store;
  runs: Runs;
  paint: Paint;
  sources: InputSources;
  paceMs: number;
  flat: boolean;
  leastPixels: number;
  now: () => number;
  today: () => number;
}): Responses {
  const { store, runs, paint, sources, paceMs, leastPixels, flat, now, today } = deps;

  function find(id: string): ResponseRecord {
    const record = toRecord(store.responses.get(id));
    if (!record) throw notFound(`Response with id '${id}' not found.`);
    return record;
  }

  async function show(record: ResponseRecord): Promise<WireResponse> {
    if (!record.open) return await toEnded(record, paint);
    return toResponse(record, { status: runs.status(record), output: [] });
  }

  return {
    find,
    show,

    async create(body, fault) {
      const checked = parseParams(body, { leastPixels, now: today() });
      const { params } = checked;
      const previous = params.previous_response_id ?? undefined;
      const parent = previous === undefined ? undefined : toRecord(store.responses.get(previous));
      // One that still runs or was broken off cannot be built on either.
      if (previous !== undefined && (!parent || parent.open || parent.status === "cancelled")) {
        throw badRequest(
          `Previous response with id '${previous}' not found.`,
          "previous_response_id",
          "previous_response_not_found",
        );
      }
      const inputs = await readInputs(params, parent, sources);
      const mask = await readMask(checked, inputs, sources);
      const { plan, memory } = toPlan(checked, inputs, mask, flat);
      const { input: _, ...kept } = params;
      const record: ResponseRecord = {
        id: `resp_${randomBytes(24).toString("hex")}`,
        createdMs: now(),
        params: kept,
        items: inputs.items,
        inputTokens: inputs.tokens,
        plan: bend(plan, fault),
        memory,
        paceMs,
        open: true,
        status: params.background ? "queued" : "in_progress",
      };
      if (params.store !== false) store.responses.set(record.id, record, callIds(record));
      runs.start(record);
      return record;
    },

    async cancel(id) {
      const record = find(id);
      if (!record.params.background) throw badRequest("Cannot cancel a synchronous response.", null, null);
      runs.cancel(id);
      return await show(find(id));
    },

    delete(id) {
      find(id);
      runs.cancel(id);
      store.responses.delete(id);
      return { id, object: "response", deleted: true };
    },

    items(id) {
      const data = find(id).items.map((item, index) => ({
        id: `msg_${callId(id, -1 - index).slice(3)}`,
        ...(typeof item === "object" ? item : {}),
      }));
      return {
        object: "list",
        data,
        has_more: false,
        first_id: data[0]?.id ?? "",
        last_id: data.at(-1)?.id ?? "",
      };
    },
  };
}

async function readMask(
  { image }: Checked,
  inputs: Inputs,
  { store, fileBytes }: InputSources,
): Promise<Mask | undefined> {
  const mask = image?.tool.input_image_mask;
  if (!mask) return undefined;
  const at = "tools[0].input_image_mask";
  const [reference] = toReferences(inputs);
  const { width, height } = reference ?? inputs.memory;
  if (!width || !height) {
    throw badRequest("A mask requires an image in the input or the conversation.", at, "invalid_value");
  }
  const size = { width, height, ...(reference ? { format: reference.format } : {}) };
  if (mask.file_id) {
    const bytes = fileBytes(mask.file_id);
    if (!bytes) {
      throw badRequest(`File with id '${mask.file_id}' not found.`, `${at}.file_id`, "image_file_not_found");
    }
    return await keepMask(bytes, size, `${at}.file_id`, store);
  }
  const bytes = fromDataUrl(mask.image_url ?? "", `${at}.image_url`);
  return await keepMask(bytes, size, `${at}.image_url`, store);
}
