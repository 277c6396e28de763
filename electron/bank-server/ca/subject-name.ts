import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509';
import { encodeTlv, equalBytes, fromHex, parseUtf8, utf8 } from '../../shared/codec/index.ts';
import { readDer, readSequence, type DerValue } from './read-der.ts';

/** One attribute of a distinguished name. */
export interface NamePart {
  readonly type: 'CN' | 'serialNumber' | 'title' | 'O' | 'OU' | 'C';
  readonly value: string;
}

/** In the order of RFC 4514: the most specific first; DER has them the other way round. */
export type SubjectName = readonly NamePart[];

const oidOf: Record<NamePart['type'], string> = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  title: '2.5.4.12',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  C: '2.5.4.6',
};

/** `CN=Li Na,serialNumber=CW-…,O=…,C=CN` (RFC 4514). */
export const formatName = (name: SubjectName): string =>
  name.map(({ type, value }) => `${type}=${escape(value)}`).join(',');

// RFC 4514, 2.4
const escape = (value: string): string =>
  /[,+"\\<>;]|^[ #]| $/.test(value)
    ? value
        .replace(/[,+"\\<>;]/g, '\\$&')
        .replace(/^[ #]/, '\\$&')
        .replace(/ $/, '\\ ')
    : value;

/** DER order; PrintableString where RFC 5280 wants it (country, serial number), else UTF8String. */
export const encodeName = (name: SubjectName): Name =>
  new Name(
    [...name].reverse().map(({ type, value }) => {
      const text =
        type === 'C' || type === 'serialNumber' ? { printableString: value } : { utf8String: value };
      return new RelativeDistinguishedName([
        new AttributeTypeAndValue({ type: oidOf[type], value: new AttributeValue(text) }),
      ]);
    }),
  );

export const nameDer = (name: SubjectName): Buffer =>
  Buffer.from(
    encodeTlv(
      SEQUENCE,
      ...name.toReversed().map(({ type, value }) => {
        const text =
          type === 'C' || type === 'serialNumber'
            ? encodeTlv(PRINTABLE_STRING, Buffer.from(value, 'latin1'))
            : encodeTlv(UTF8_STRING, utf8(value));
        return encodeTlv(SET, encodeTlv(SEQUENCE, oidDer[type], text));
      }),
    ),
  );

/** Back from DER, most specific first; undefined for a name with parts this bank does not use. */
export const readName = (der: Uint8Array): SubjectName | undefined => {
  const names = readSequence(der);
  if (names === undefined) return undefined;
  const parts: NamePart[] = [];
  for (const { tag, content } of names) {
    const [attribute, ...more] = (tag === SET ? readDer(content) : undefined) ?? [];
    const [oid, text, ...rest] = (attribute?.tag === SEQUENCE ? readDer(attribute.content) : undefined) ?? [];
    const type = oid && typeOf(oid.whole);
    const value = text && textOf(text);
    if (more.length > 0 || rest.length > 0 || type === undefined || value === undefined) return undefined;
    parts.unshift({ type, value });
  }
  return parts;
};

const typeOf = (oid: Uint8Array): NamePart['type'] | undefined =>
  nameTypes.find((each) => equalBytes(oidDer[each], oid));

const textOf = ({ tag, content }: DerValue): string | undefined =>
  tag === UTF8_STRING
    ? parseUtf8(content)
    : tag === PRINTABLE_STRING
      ? Buffer.from(content).toString('latin1')
      : undefined;

const nameTypes: readonly NamePart['type'][] = ['CN', 'serialNumber', 'title', 'O', 'OU', 'C'];

const oidDer: Record<NamePart['type'], Uint8Array> = {
  CN: fromHex('0603550403'),
  serialNumber: fromHex('0603550405'),
  title: fromHex('060355040c'),
  O: fromHex('060355040a'),
  OU: fromHex('060355040b'),
  C: fromHex('0603550406'),
};
const [SEQUENCE, SET, UTF8_STRING, PRINTABLE_STRING] = [0x30, 0x31, 0x0c, 0x13] as const;

/**
 * The name in the wanted order when it says what is wanted, part for part. Some clients write an RFC 4514
 * string into DER in reading order instead of reversed: that is the same name, and the certificate
 * carries the bank's own order anyway.
 */
export const asWanted = (name: SubjectName, wanted: string): SubjectName | undefined =>
  [name, [...name].reverse()].find((each) => formatName(each) === wanted);

export const partOf = (name: SubjectName, type: NamePart['type']): string | undefined =>
  name.find((part) => part.type === type)?.value;
