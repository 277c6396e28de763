type Child = Node | string;

/** An element with attributes and children. Text stays text: nothing here parses HTML. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** A line drawing of 24 by 24; decoration only, the words beside it say the same. */
export const icon = (name: keyof typeof drawings): SVGSVGElement => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', drawings[name]);
  svg.append(path);
  return svg;
};

const drawings = {
  erase: 'M9 6h10a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H9l-6-6zM11.5 9.5l5 5M16.5 9.5l-5 5',
  wrong: 'M12 3l9 16H3zM12 9.5v4M12 16.2v.3',
  wait: 'M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 8v4l2.6 1.8',
  done: 'M5 12.5l4.5 4.5L19 7.5',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1M12 14.5v2',
  go: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  stop: 'M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM12 8v5M12 16v.3',
} as const;
