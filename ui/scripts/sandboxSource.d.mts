import type { Plugin } from "vite";

/** Makes `?sandbox` imports give the text of a runtime's worker script. */
export function sandboxSource(): Plugin;
