/** Python on the server over HTTP. */

import type { ServerAnswer, ServerPython } from "../run/server";
import { explain } from "./api";
import { post } from "./http";
import type { Config } from "./schema";

/** Asks the server for the user of `config`; `undefined` where it does not allow that. */
export function serverPython({ user_id, server_python }: Config, base = "/api"): ServerPython | undefined {
  if (!server_python) return undefined;
  return {
    async run(call, signal) {
      try {
        return await post<ServerAnswer>(`${base}/workflows/python`, { user_id, ...call }, signal);
      } catch (error) {
        const { message, hint } = explain(error);
        throw Object.assign(new Error(message), hint === null ? {} : { hint });
      }
    },
  };
}
