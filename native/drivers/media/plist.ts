/** A value of Apple's XML property list. Dates and data come as their text. */
export type PlistValue =
  string | number | boolean | readonly PlistValue[] | { readonly [key: string]: PlistValue };

/**
 * Reads an XML property list as diskutil, ioreg and system_profiler write it (Apple's PropertyList-1.0 DTD;
 * no entities but the five of XML). Undefined for anything else.
 */
export function parsePlist(xml: string): PlistValue | undefined {
  const tokens = [...xml.matchAll(/<(\/?)(\w+)(?:\s[^>]*?)?(\/?)>|([^<]+)/g)]
    .map((match): Token => {
      const [, closing, name, empty, text] = match;
      if (name === undefined) return { kind: 'text', text: text ?? '' };
      if (closing === '/') return { kind: 'close', name };
      return { kind: empty === '/' ? 'empty' : 'open', name };
    })
    .filter((token) => token.kind !== 'text' || token.text.trim() !== '');
  const start = tokens.findIndex((token) => token.kind === 'open' && token.name === 'plist');
  if (start < 0) return undefined;
  const reader = new PlistReader(tokens, start + 1);
  try {
    return reader.value();
  } catch {
    return undefined; // cut short or no property list
  }
}

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open' | 'close' | 'empty'; readonly name: string };

class PlistReader {
  private readonly tokens: readonly Token[];
  private at: number;

  constructor(tokens: readonly Token[], at: number) {
    this.tokens = tokens;
    this.at = at;
  }

  value(): PlistValue {
    const token = this.next();
    if (token.kind === 'empty') {
      if (token.name === 'true') return true;
      if (token.name === 'false') return false;
      if (token.name === 'array') return [];
      if (token.name === 'dict') return {};
      return '';
    }
    if (token.kind !== 'open') throw new Error('a value was expected');
    switch (token.name) {
      case 'array': {
        const items: PlistValue[] = [];
        while (!this.closes('array')) items.push(this.value());
        return items;
      }
      case 'dict': {
        const entries: [string, PlistValue][] = [];
        while (!this.closes('dict')) {
          const key = this.value(); // <key> reads as text
          if (typeof key !== 'string') throw new Error('a key was expected');
          entries.push([key, this.value()]);
        }
        return Object.fromEntries(entries);
      }
      default: {
        const text = this.text(token.name);
        return token.name === 'integer' || token.name === 'real' ? Number(text) : text;
      }
    }
  }

  private next(): Token {
    const token = this.tokens[this.at];
    if (!token) throw new Error('cut short');
    this.at += 1;
    return token;
  }

  private closes(name: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'close' || token.name !== name) return false;
    this.at += 1;
    return true;
  }

  private text(name: string): string {
    let text = '';
    for (;;) {
      const token = this.next();
      if (token.kind === 'text') text += token.text;
      else if (token.kind === 'close' && token.name === name) return unescape(text);
      else throw new Error('text was expected');
    }
  }
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const unescape = (text: string): string =>
  text.replace(
    /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
    (all, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return entities[name ?? ''] ?? all;
    },
  );
