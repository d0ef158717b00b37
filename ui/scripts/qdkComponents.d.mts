import type { Plugin } from "vite";

/** Makes the drawing components of `qsharp-lang` importable as `qdk/…`. */
export function qdkComponents(): Plugin;
