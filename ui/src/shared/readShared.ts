import { call } from "../api/http";
import type { SharedSession } from "../api/schema";

/** Reads messages of what a link opens, from one on. */
export type ReadShared = (token: string, after: number, signal?: AbortSignal) => Promise<SharedSession>;

/** How many messages are read at once. */
const PAGE = 100;

/** Reads over HTTP. The token goes in a header: no address, log or history has it. */
export const readShared: ReadShared = (token, after, signal) =>
  call<SharedSession>(`/api/shared/session?after=${after}&limit=${PAGE}`, {
    headers: { authorization: `Bearer ${token}` },
    cache: "no-store",
    signal,
  });
