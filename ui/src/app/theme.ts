import { useSyncExternalStore } from "react";

/** The theme that is on, whether chosen here or by the system. */
export type Theme = "dark" | "light";

const KEY = "llmos.theme";
const LIGHT = "(prefers-color-scheme: light)";
const listeners = new Set<() => void>();

/** Puts the theme of the last visit on, before anything is drawn. */
export function startTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  matchMedia(LIGHT).addEventListener("change", tell);
}

/** Chooses a theme, and keeps the choice unless it is what the system has. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  if (theme === systemTheme()) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  tell();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => {
      const { theme } = document.documentElement.dataset;
      return theme === "dark" || theme === "light" ? theme : systemTheme();
    },
  );
}

function systemTheme(): Theme {
  return globalThis.matchMedia?.(LIGHT).matches ? "light" : "dark";
}

function tell(): void {
  for (const changed of listeners) changed();
}
