import type { CronView } from "../api/schema";

/** What is left until a cron is due, as people read it: `3 d 04 h`, `6 h 12 min`, `4 min 09 s`, `9 s`. */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(left / 86_400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60];
  if (days > 0) return `${days} d ${two(hours)} h`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  if (minutes > 0) return `${minutes} min ${two(left % 60)} s`;
  return `${left} s`;
}

/** Which part of the wait is over, from 0 to 1, so many seconds after the server told of it. */
export function waited(cron: CronView, elapsed: number): number {
  const whole = (Date.parse(cron.next_at) - Date.parse(cron.since)) / 1000;
  if (!(whole > 0)) return 1;
  return Math.min(1, Math.max(0, 1 - (cron.seconds_left - elapsed) / whole));
}

/** How long ago something was: `just now`, `4 min ago`, `2 d ago`. */
export function ago(at: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
