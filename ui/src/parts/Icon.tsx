/** Every icon as the path of a 24 by 24 stroke drawing. */
const PATHS = {
  alert: "M12 9v4m0 4h.01M10.3 3.9 2.4 17.5A2 2 0 0 0 4.1 20.5h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z",
  back: "m15 6-6 6 6 6",
  bars: "M5 20V11m7 9V4m7 16v-6",
  bolt: "M13 2 4 14h7l-1 8 9-12h-7l1-8Z",
  cancel: "M7 7h10v10H7z",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  check: "m5 12.5 4.5 4.5L19 7",
  chevron: "m9 6 6 6-6 6",
  clip: "m20 11.5-8.3 8.3a5.2 5.2 0 0 1-7.4-7.4l8.6-8.5a3.5 3.5 0 0 1 4.9 4.9l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7",
  close: "M6 6l12 12M18 6 6 18",
  code: "m8 7-5 5 5 5m8-10 5 5-5 5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  file: "M6 3h8l4 4v14H6zM14 3v5h4",
  fit: "M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5",
  flow: "M4 5h6v5H4zM14 14h6v5h-6zM7 10v3.5a3 3 0 0 0 3 3h4",
  from: "M4 5v14M8 6.5v11l8-5.5zM17 8l4 4-4 4",
  grid: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9h.01",
  info: "M12 11v5m0-8h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  json: "M9 4H8a2 2 0 0 0-2 2v3.5L4 12l2 2.5V18a2 2 0 0 0 2 2h1m6-16h1a2 2 0 0 1 2 2v3.5l2 2.5-2 2.5V18a2 2 0 0 1-2 2h-1",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  large: "M14 4h6v6M20 4l-7 7M10 20H4v-6m0 6 7-7",
  layout: "M4 9h5v6H4zM15 4h5v5h-5zM15 15h5v5h-5zM9 12h3m0 0V6.5h3m-3 5.5v5.5h3",
  line: "M4 19h16M5 15l4-5 4 3 6-8",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  minus: "M5 12h14",
  more: "M5 12.6a.6.6 0 1 0 0-1.2.6.6 0 0 0 0 1.2Zm7 0a.6.6 0 1 0 0-1.2.6.6 0 0 0 0 1.2Zm7 0a.6.6 0 1 0 0-1.2.6.6 0 0 0 0 1.2Z",
  moon: "M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z",
  number: "M9 4 7 20m10-16-2 16M4 9h16M3.5 15h16",
  only: "M5 4v16M19 4v16M9.5 7.5v9l6-4.5z",
  open: "M4 19V5h6l2 3h8v11z",
  pause: "M8.5 5v14M15.5 5v14",
  play: "M7 4.5v15l12-7.5z",
  plus: "M12 5v14M5 12h14",
  redo: "M20 9H9a5 5 0 0 0 0 10h4m7-10-4-4m4 4-4 4",
  retry: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
  save: "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 4 4",
  settings: "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-7 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  share: "M12 15V4m-4 4 4-4 4 4M8 11H5v9h14v-9h-3",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-14v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  sweep: "M4 18h16M6 18v-4m5 4v-7m5 7V7m-11 1 4-3 4 1 6-4",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  text: "M5 6h14M5 10h14M5 14h9M5 18h11",
  thumbDown: "M7 14V4h10l3 7v3h-6l1 5-2 2-4-7zM4 4h3v10H4z",
  thumbUp: "M7 10v10h10l3-7v-3h-6l1-5-2-2-4 7zM4 10h3v10H4z",
  trash: "M4 7h16M10 11v6m4-6v6M6 7l1 13h10l1-13M9 7V4h6v3",
  up: "M12 20V9m-5 5 5-5 5 5M5 4h14",
  undo: "M4 9h11a5 5 0 0 1 0 10h-4M4 9l4-4M4 9l4 4",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing without meaning of its own; the text beside it has that. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={name === "play" || name === "cancel" ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
