import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509';

const oids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
};

/** RFC 5280, appendix A: these two are printable strings, all others may be UTF-8. */
const printable: readonly string[] = ['C', 'SERIALNUMBER'];

/**
 * A name in the text form of RFC 4514 with single-valued parts of the types above, e.g.
 * `CN=Li Na,serialNumber=CW-1,O=Bank\, Ltd.,C=CN`. The text has the most specific part first, the
 * encoding last. Undefined for anything else.
 */
export function parseName(text: string): Name | undefined {
  const parts = split(text);
  const attributes = parts?.map(({ type, value }) => {
    const oid = oids[type];
    if (oid === undefined || value === '') return undefined;
    const string = printable.includes(type) ? { printableString: value } : { utf8String: value };
    return new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: oid, value: new AttributeValue(string) }),
    ]);
  });
  if (!attributes || attributes.length === 0 || attributes.includes(undefined)) return undefined;
  return new Name(attributes.filter((part) => part !== undefined).reverse());
}

function split(text: string): { type: string; value: string }[] | undefined {
  const parts: { type: string; value: string }[] = [];
  let rest = text;
  while (rest !== '') {
    // type = ( escaped hex pair | escaped character | plain character )*
    const match = /^([A-Za-z]+)=((?:\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\]|[^\\,+"<>;])*)(,|$)/u.exec(rest);
    const [whole, type, value] = match ?? [];
    if (whole === undefined || type === undefined || value === undefined) return undefined;
    parts.push({ type: type.toUpperCase(), value: unescape(value) });
    rest = rest.slice(whole.length);
    if (rest === '' && whole.endsWith(',')) return undefined;
  }
  return parts;
}

const unescape = (value: string): string =>
  value.replaceAll(/((?:\\[0-9A-Fa-f]{2})+)|\\(.)/gu, (_, pairs: string | undefined, character: string) =>
    pairs === undefined ? character : Buffer.from(pairs.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
