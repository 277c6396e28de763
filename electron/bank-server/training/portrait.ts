/** How a training customer looks. Drawn, so that no real person's face is in the product. */
export interface Portrait {
  readonly skin: Skin;
  readonly hair: Hair;
  readonly hairColour: string;
  readonly clothes: Clothes;
  readonly clothesColour: string;
  readonly background: string;
  readonly glasses?: 'round' | 'square';
  readonly older?: boolean;
  readonly beard?: boolean;
  readonly jaw?: 'soft' | 'broad';
}

export type Hair =
  | 'bob'
  | 'long'
  | 'bun'
  | 'short'
  | 'side-part'
  | 'crop'
  | 'wavy'
  | 'ponytail'
  | 'receding'
  | 'fringe'
  | 'curly';
type Clothes = 'collar' | 'round' | 'suit' | 'blouse' | 'stand';
type Skin = keyof typeof skins;

const skins = {
  porcelain: { face: '#f6dcc6', shade: '#e9c3a6', line: '#b98a6c', lip: '#c9766a' },
  light: { face: '#f1cfb2', shade: '#e0b390', line: '#a97c5c', lip: '#bd6b60' },
  warm: { face: '#e7bd97', shade: '#d3a075', line: '#97694a', lip: '#ae5f52' },
  tan: { face: '#d6a57c', shade: '#bd875d', line: '#80553a', lip: '#9c5246' },
  brown: { face: '#b07c55', shade: '#94633f', line: '#5f3f2a', lip: '#84463c' },
} as const;

/** A passport-like portrait, 240 × 300, as a data: URL. */
export const portraitUrl = (portrait: Portrait): string =>
  `data:image/svg+xml;base64,${Buffer.from(portraitSvg(portrait)).toString('base64')}`;

export const portraitSvg = (portrait: Portrait): string => {
  const skin = skins[portrait.skin];
  const broad = portrait.jaw === 'broad';
  // cheekbones at y 140, chin at y 198
  const face = broad
    ? 'M72 122C72 82 92 62 120 62s48 20 48 60c0 22-3 40-12 55-9 14-22 23-36 23s-27-9-36-23c-9-15-12-33-12-55Z'
    : 'M74 122c0-40 18-60 46-60s46 20 46 60c0 24-5 42-15 57-9 13-20 20-31 20s-22-7-31-20c-10-15-15-33-15-57Z';
  const hair = hairOf(portrait.hair);
  const colour = portrait.hairColour;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 300" width="240" height="300">',
    `<rect width="240" height="300" fill="${portrait.background}"/>`,
    `<g fill="${colour}">${hair.behind}</g>`,
    clothesOf(portrait.clothes, portrait.clothesColour),
    // neck, and the shadow of the chin on it
    `<path d="M98 176h44v40c0 14-10 24-22 24s-22-10-22-24Z" fill="${skin.face}"/>`,
    `<path d="M98 190c6 10 14 15 22 15s16-5 22-15v12c-6 8-14 13-22 13s-16-5-22-13Z" fill="${skin.shade}"/>`,
    collarOf(portrait.clothes, portrait.clothesColour),
    // ears
    `<g fill="${skin.face}"><ellipse cx="72" cy="134" rx="8" ry="14"/><ellipse cx="168" cy="134" rx="8" ry="14"/></g>`,
    `<g fill="none" stroke="${skin.shade}" stroke-width="2" stroke-linecap="round"><path d="M70 128c-2 4-1 8 2 11"/><path d="M170 128c2 4 1 8-2 11"/></g>`,
    `<path d="${face}" fill="${skin.face}"/>`,
    portrait.beard
      ? `<path d="M80 152c4 8 8 8 14 6 8-4 18-6 26-6s18 2 26 6c6 2 10 2 14-6-2 18-8 30-14 36-8 9-17 13-26 13s-18-4-26-13c-6-6-12-18-14-36Z" fill="${colour}" opacity=".9"/>`
      : '',
    `<g fill="${skin.shade}" opacity=".45"><ellipse cx="92" cy="154" rx="10" ry="6"/><ellipse cx="148" cy="154" rx="10" ry="6"/></g>`,
    // brows
    `<g fill="none" stroke="${portrait.older && colour !== '#2b2420' ? '#8d8a86' : '#3a2f28'}" stroke-width="4" stroke-linecap="round"><path d="M88 116c6-5 14-5 20-2"/><path d="M132 114c6-3 14-3 20 2"/></g>`,
    // eyes
    `<g fill="#2a211d"><ellipse cx="99" cy="131" rx="5" ry="5.5"/><ellipse cx="141" cy="131" rx="5" ry="5.5"/></g>`,
    `<g fill="#fff"><circle cx="101" cy="129" r="1.6"/><circle cx="143" cy="129" r="1.6"/></g>`,
    `<g fill="none" stroke="#2a211d" stroke-width="2.6" stroke-linecap="round"><path d="M90 128c5-5 13-6 18-1"/><path d="M132 127c5-5 13-4 18 1"/></g>`,
    // nose and mouth
    `<path d="M120 136c-1 8-5 14-6 18 3 3 8 3 12 0" fill="none" stroke="${skin.line}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>`,
    portrait.beard
      ? `<path d="M104 168c10-3 22-3 32 0-4 9-10 12-16 12s-12-3-16-12Z" fill="${skin.face}"/>`
      : '',
    `<path d="M107 171c8 5 18 5 26 0" fill="none" stroke="${skin.lip}" stroke-width="4" stroke-linecap="round"/>`,
    portrait.older
      ? `<g fill="none" stroke="${skin.shade}" stroke-width="2.2" stroke-linecap="round"><path d="M98 158c-3 4-4 9-3 14"/><path d="M142 158c3 4 4 9 3 14"/><path d="M88 143c5 3 11 3 16 1"/><path d="M136 144c5 2 11 2 16-1"/><path d="M106 92c9-3 19-3 28 0"/></g>`
      : '',
    `<g fill="${colour}">${hair.front}</g>`,
    hair.shine === ''
      ? ''
      : `<g fill="none" stroke="#fff" stroke-opacity=".14" stroke-width="5" stroke-linecap="round">${hair.shine}</g>`,
    glassesOf(portrait.glasses),
    '</svg>',
  ].join('');
};

interface HairShape {
  readonly behind: string;
  readonly front: string;
  readonly shine: string;
}

const hairOf = (hair: Hair): HairShape => {
  switch (hair) {
    case 'bob':
      return {
        behind: '<path d="M58 128c0-54 26-80 62-80s62 26 62 80v50c0 10-6 16-14 16H72c-8 0-14-6-14-16Z"/>',
        front:
          '<path d="M66 140c-2-50 18-84 54-84s56 34 54 84c-5-8-8-18-10-30-20-2-44-10-56-26-6 16-18 26-32 30-3 10-5 18-10 26Z"/>',
        shine: '<path d="M84 82c8-10 18-15 30-16"/>',
      };
    case 'long':
      return {
        behind: '<path d="M54 130c0-56 28-84 66-84s66 28 66 84c0 40 6 76 10 110H44c4-34 10-70 10-110Z"/>',
        front:
          '<path d="M64 148c-4-54 18-92 56-92s60 38 56 92c-6-10-10-26-12-40-16-2-34-12-44-32-10 20-28 30-44 32-2 14-6 30-12 40Z"/>',
        shine: '<path d="M78 92c6-12 14-20 26-24"/>',
      };
    case 'bun':
      return {
        behind:
          '<circle cx="120" cy="38" r="24"/><path d="M62 128c0-52 24-76 58-76s58 24 58 76c0 14-4 20-8 22H70c-4-2-8-8-8-22Z"/>',
        front:
          '<path d="M68 132c-2-46 16-76 52-76s54 30 52 76c-4-10-6-20-8-28-12-14-26-22-44-22s-32 8-44 22c-2 8-4 18-8 28Z"/>',
        shine: '<path d="M92 74c8-6 16-9 28-9"/><path d="M110 28c4-4 10-5 16-3"/>',
      };
    case 'ponytail':
      return {
        behind:
          '<path d="M164 70c26 6 40 34 36 74-2 22-10 40-18 52-2-20 0-46-8-70Z"/><path d="M62 128c0-52 24-78 58-78s58 26 58 78c0 10-2 16-6 20H68c-4-4-6-10-6-20Z"/>',
        front:
          '<path d="M68 130c-2-46 16-76 52-76s54 30 52 76c-4-8-6-16-8-24-24 0-50-8-66-24-6 12-14 20-22 24-2 8-4 16-8 24Z"/>',
        shine: '<path d="M86 80c8-9 17-13 28-14"/>',
      };
    case 'wavy':
      return {
        behind:
          '<path d="M120 44c40 0 66 26 66 66 0 14 8 20 8 34s-8 18-8 30 8 16 6 30c-2 16-14 22-26 20H74c-12 2-24-4-26-20-2-14 6-18 6-30s-8-16-8-30 8-20 8-34c0-40 26-66 66-66Z"/>',
        front:
          '<path d="M64 144c-6-50 16-88 56-88s62 38 56 88c-6-8-8-22-12-34-22 4-42-6-54-26-4 18-16 30-34 32-4 10-6 20-12 28Z"/>',
        shine: '<path d="M80 90c6-12 16-19 28-22"/>',
      };
    case 'fringe':
      return {
        behind: '<path d="M56 130c0-56 26-82 64-82s64 26 64 82c0 30 4 52 6 74H50c2-22 6-44 6-74Z"/>',
        front:
          '<path d="M66 146c-4-54 16-90 54-90s58 36 54 90c-6-8-9-20-10-34 0-4-1-6-2-8-12 4-28 6-42 6s-30-2-42-6c-1 2-2 4-2 8-1 14-4 26-10 34Z"/>',
        shine: '<path d="M82 84c8-10 18-15 30-16"/>',
      };
    case 'curly':
      return {
        behind: '',
        front: [
          [76, 108, 16],
          [78, 88, 18],
          [92, 70, 19],
          [112, 62, 20],
          [132, 62, 20],
          [150, 71, 19],
          [163, 89, 18],
          [165, 108, 15],
          [100, 84, 14],
          [122, 80, 16],
          [142, 86, 14],
        ]
          .map(([x, y, r]) => `<circle cx="${String(x)}" cy="${String(y)}" r="${String(r)}"/>`)
          .join(''),
        shine: '',
      };
    case 'side-part':
      return {
        behind: '',
        front:
          '<path d="M68 132c-6-24-6-46 6-62 12-17 36-24 60-18 26 4 40 26 40 50 0 12-2 22-4 30-4-6-6-14-8-26-4-10-8-16-14-20-20 4-42 2-56-4-8 8-14 14-16 26-2 10-4 18-8 24Z"/>',
        shine: '<path d="M98 68c12-5 26-6 38-2"/>',
      };
    case 'crop':
      return {
        behind: '',
        front:
          '<path d="M69 128c-4-18-3-36 6-50 10-15 27-22 45-22s35 7 45 22c9 14 10 32 6 50-4-6-6-14-7-24-2-8-6-14-12-16-20-4-44-4-64 0-6 2-10 8-12 16-1 10-3 18-7 24Z"/>',
        shine: '<path d="M94 70c8-4 17-6 26-6"/>',
      };
    case 'receding':
      return {
        behind: '',
        front:
          '<path d="M69 134c-6-18-6-36 2-52 6-11 15-18 26-22-8 8-14 18-17 30-2 16-6 34-11 44Z"/><path d="M171 134c6-18 6-36-2-52-6-11-15-18-26-22 8 8 14 18 17 30 2 16 6 34 11 44Z"/>',
        shine: '',
      };
    case 'short':
      return {
        behind: '<path d="M62 126c0-50 24-74 58-74s58 24 58 74c0 16-4 26-8 32H70c-4-6-8-16-8-32Z"/>',
        front:
          '<path d="M67 140c-6-46 12-84 54-84 40 0 58 36 52 84-5-8-8-20-10-32-6-14-14-22-26-28-14 14-36 22-58 26-3 12-6 24-12 34Z"/>',
        shine: '<path d="M88 78c8-8 18-12 30-13"/>',
      };
  }
};

const clothesOf = (clothes: Clothes, colour: string): string => {
  const shoulders = '<path d="M20 300c2-38 18-58 48-68 14-5 26-8 32-12h40c6 4 18 7 32 12 30 10 46 30 48 68Z"';
  return clothes === 'suit' ? `${shoulders} fill="#24313d"/>` : `${shoulders} fill="${colour}"/>`;
};

const collarOf = (clothes: Clothes, colour: string): string => {
  switch (clothes) {
    case 'collar':
      return `<path d="M96 214l24 28-20 22-16-42Z" fill="#fff" opacity=".92"/><path d="M144 214l-24 28 20 22 16-42Z" fill="#fff" opacity=".92"/>`;
    case 'suit':
      return `<path d="M92 222l28 58 28-58-8-4-20 22-20-22Z" fill="#fff"/><path d="M114 242h12l-3 12 6 46h-18l6-46Z" fill="${colour}"/><path d="M90 220l30 80H84L70 236Z" fill="#1b2630"/><path d="M150 220l-30 80h36l14-64Z" fill="#1b2630"/>`;
    case 'blouse':
      return `<path d="M96 220c4 20 14 34 24 46 10-12 20-26 24-46 4 2 8 3 12 5-6 28-20 48-36 62-16-14-30-34-36-62 4-2 8-3 12-5Z" fill="#fff" opacity=".55"/>`;
    case 'stand':
      return `<path d="M94 214c8 10 17 15 26 15s18-5 26-15l4 10c-8 12-18 18-30 18s-22-6-30-18Z" fill="#000" opacity=".22"/><path d="M120 242v58" stroke="#000" stroke-opacity=".22" stroke-width="3"/>`;
    case 'round':
      return `<path d="M94 219c7 15 16 23 26 23s19-8 26-23c3 1 5 2 8 3-8 20-20 31-34 31s-26-11-34-31c3-1 5-2 8-3Z" fill="#000" opacity=".16"/>`;
  }
};

const glassesOf = (glasses: Portrait['glasses']): string => {
  if (glasses === undefined) return '';
  const lenses =
    glasses === 'round'
      ? '<circle cx="98" cy="132" r="17"/><circle cx="142" cy="132" r="17"/>'
      : '<rect x="80" y="119" width="35" height="26" rx="7"/><rect x="125" y="119" width="35" height="26" rx="7"/>';
  return `<g fill="#fff" fill-opacity=".12" stroke="#2f3a42" stroke-width="3">${lenses}<path d="M115 130c3-3 7-3 10 0" fill="none"/><path d="M81 128l-11-3M159 128l11-3" fill="none"/></g>`;
};
