import type { ReactNode } from 'react';

/** Line drawings of one hand: 20 units, 1.5 wide, round ends. */
const drawings = {
  issue: (
    <>
      <rect x="2.5" y="5" width="15" height="10.5" rx="2" />
      <path d="M5.5 12.5h3M11 10.2h4M13 8.2v4" />
    </>
  ),
  reprovision: (
    <>
      <path d="M4 8.5A6.5 6.5 0 0 1 15.6 6M16 11.5A6.5 6.5 0 0 1 4.4 14" />
      <path d="M15.8 2.8v3.4h-3.4M4.2 17.2v-3.4h3.4" />
    </>
  ),
  batch: (
    <>
      <rect x="2.5" y="3.5" width="4" height="13" rx="1.2" />
      <rect x="8" y="3.5" width="4" height="13" rx="1.2" />
      <rect x="13.5" y="3.5" width="4" height="13" rx="1.2" />
      <path d="M4.5 12.5v1M10 7.5v1M15.5 10v1" />
    </>
  ),
  audit: (
    <>
      <path d="M5 3.5h10v13H5z" />
      <path d="M7.5 7h5M7.5 10h5M7.5 13h3" />
    </>
  ),
  officers: (
    <>
      <rect x="3.5" y="5.5" width="13" height="12" rx="1.8" />
      <path d="M8 5.5v-3h4v3" />
      <circle cx="10" cy="10" r="1.7" />
      <path d="M6.9 14.7c.4-1.4 1.5-2.1 3.1-2.1s2.7.7 3.1 2.1" />
    </>
  ),
  devices: (
    <>
      <rect x="2.5" y="10.5" width="15" height="6" rx="1.5" />
      <path d="M6 10.5V4.5h8v6M13.5 13.5h1.5" />
    </>
  ),
  keypad: (
    <>
      <rect x="4.5" y="2.5" width="11" height="15" rx="2" />
      <path d="M7.5 6h5M7.6 9.5h.1M10 9.5h.1M12.4 9.5h.1M7.6 12h.1M10 12h.1M12.4 12h.1M7.6 14.5h.1M10 14.5h2.5" />
    </>
  ),
  drawer: (
    <>
      <path d="M3 9.5h14v6.5H3z" />
      <path d="M4.5 9.5V6.5h11v3M6.5 6.5V4h7v2.5M8 12.5h4" />
    </>
  ),
  sim: (
    <>
      <path d="M5.5 2.5h6l3.5 3.5v10a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 16V4a1.5 1.5 0 0 1 1.5-1.5z" />
      <path d="M7 9h5v5H7zM9.5 9v5M7 11.5h5" />
    </>
  ),
  sd: (
    <>
      <path d="M5.5 2.5h6.5l3 3V16a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 16V4a1.5 1.5 0 0 1 1.5-1.5z" />
      <path d="M7 5v2.5M9.5 5v2.5M12 5.5v2M6.5 11h6M6.5 14h4" />
    </>
  ),
  sun: (
    <>
      <circle cx="10" cy="10" r="3.25" />
      <path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4" />
    </>
  ),
  moon: <path d="M16.2 11.9A6.7 6.7 0 0 1 8.1 3.8a6.7 6.7 0 1 0 8.1 8.1z" />,
  language: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M3 10h14M10 3c2.4 2.2 2.8 4.6 2.8 7s-.4 4.8-2.8 7c-2.4-2.2-2.8-4.6-2.8-7S7.6 5.2 10 3z" />
    </>
  ),
  search: (
    <>
      <circle cx="9" cy="9" r="5.5" />
      <path d="M13.2 13.2 17 17" />
    </>
  ),
  person: (
    <>
      <circle cx="10" cy="6.8" r="3.2" />
      <path d="M3.8 16.8c.7-3.4 3.2-5 6.2-5s5.5 1.6 6.2 5" />
    </>
  ),
  check: <path d="M4.5 10.5 8.3 14.3 15.7 6" />,
  cross: <path d="M5.5 5.5l9 9M14.5 5.5l-9 9" />,
  arrow: <path d="M4 10h12M11 5l5 5-5 5" />,
  chevron: <path d="M7.5 5l5 5-5 5" />,
  copy: (
    <>
      <rect x="7" y="7" width="9.5" height="9.5" rx="1.5" />
      <path d="M13 7V5A1.5 1.5 0 0 0 11.5 3.5H5A1.5 1.5 0 0 0 3.5 5v6.5A1.5 1.5 0 0 0 5 13h2" />
    </>
  ),
  print: (
    <>
      <path d="M6 7V3.5h8V7M6 14H3.5V7h13v7H14" />
      <path d="M6 11.5h8v5H6z" />
    </>
  ),
  turn: (
    <>
      <path d="M7 3.5 3.5 7 7 10.5" />
      <path d="M3.5 7h8.5a4.5 4.5 0 0 1 0 9H8" />
    </>
  ),
  lock: (
    <>
      <rect x="4.5" y="9" width="11" height="7.5" rx="1.5" />
      <path d="M7 9V6.5a3 3 0 0 1 6 0V9" />
    </>
  ),
  key: (
    <>
      <circle cx="6.8" cy="13.2" r="3.3" />
      <path d="M9.2 10.8 16 4M13 7l2.2 2.2" />
    </>
  ),
  certificate: (
    <>
      <circle cx="10" cy="8" r="4.5" />
      <path d="M7.5 11.8 6.5 17l3.5-1.8L13.5 17l-1-5.2" />
    </>
  ),
  phone: (
    <>
      <rect x="5.5" y="2.5" width="9" height="15" rx="1.8" />
      <path d="M9 15h2" />
    </>
  ),
  identity: (
    <>
      <rect x="2.5" y="4.5" width="15" height="11" rx="1.5" />
      <circle cx="7" cy="9" r="1.7" />
      <path d="M4.5 13c.4-1.3 1.3-1.9 2.5-1.9s2.1.6 2.5 1.9M12 8.5h3M12 11.5h3" />
    </>
  ),
  seal: (
    <>
      <path d="M10 2.8l1.9 1.5 2.4-.1.7 2.3 2 1.4-.8 2.3.8 2.3-2 1.4-.7 2.3-2.4-.1L10 17.6l-1.9-1.5-2.4.1L5 13.9l-2-1.4.8-2.3L3 7.9l2-1.4.7-2.3 2.4.1z" />
      <path d="M7.4 10.3l1.8 1.8 3.4-3.6" />
    </>
  ),
  shield: (
    <>
      <path d="M10 2.5 16 5v4.5c0 3.7-2.4 6.5-6 8-3.6-1.5-6-4.3-6-8V5z" />
      <path d="M7.3 10l2 2 3.6-3.9" />
    </>
  ),
  bank: <path d="M3 8 10 3.5 17 8zM4.5 16.5h11M5.5 8v6M8.5 8v6M11.5 8v6M14.5 8v6" />,
  clock: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 6v4l2.8 1.8" />
    </>
  ),
  plus: <path d="M10 4v12M4 10h12" />,
  eject: <path d="M10 4.5 4.5 11h11zM4.5 14.5h11" />,
  out: (
    <>
      <path d="M11 3.5H4.5v13H11" />
      <path d="M8.5 10h8M13.5 7l3 3-3 3" />
    </>
  ),
  hand: (
    <path d="M6.5 11V6.2a1.2 1.2 0 0 1 2.4 0V9.5 4.2a1.2 1.2 0 0 1 2.4 0v5.3-4a1.2 1.2 0 0 1 2.4 0V11 8.2a1.2 1.2 0 0 1 2.3 0v4.3c0 3-1.9 5-4.9 5-2.3 0-3.5-1-4.5-2.7L4 11.5c-.5-.9.9-1.8 1.6-1z" />
  ),
  empty: <rect x="3.5" y="5" width="13" height="10" rx="2" strokeDasharray="2.5 2.5" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;

/** Decoration beside a word; it has no name of its own for a screen reader. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {drawings[name]}
    </svg>
  );
}
