import { AsnConvert } from '@peculiar/asn1-schema';
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509';

/** One attribute of a distinguished name. */
export interface NamePart {
  readonly type: 'CN' | 'serialNumber' | 'O' | 'OU' | 'C';
  readonly value: string;
}

/** In the order of RFC 4514: the most specific first; DER has them the other way round. */
export type SubjectName = readonly NamePart[];

const oidOf: Record<NamePart['type'], string> = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  C: '2.5.4.6',
};

/** `CN=Li Na,serialNumber=CW-…,O=…,C=CN` (RFC 4514). */
export const formatName = (name: SubjectName): string =>
  name.map(({ type, value }) => `${type}=${escape(value)}`).join(',');

// RFC 4514, 2.4
const escape = (value: string): string =>
  value
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');

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

export const nameDer = (name: SubjectName): Buffer => Buffer.from(AsnConvert.serialize(encodeName(name)));

/** Back from DER, most specific first; undefined for a name with parts this bank does not use. */
export const readName = (name: Name): SubjectName | undefined => {
  const parts: NamePart[] = [];
  for (const rdn of name) {
    const [attribute] = rdn;
    if (rdn.length !== 1 || attribute === undefined) return undefined;
    const type = nameTypes.find((each) => oidOf[each] === attribute.type);
    const value = attribute.value.utf8String ?? attribute.value.printableString;
    if (type === undefined || value === undefined) return undefined;
    parts.unshift({ type, value });
  }
  return parts;
};

const nameTypes: readonly NamePart['type'][] = ['CN', 'serialNumber', 'O', 'OU', 'C'];

/**
 * The name in the wanted order when it says what is wanted, part for part. Some clients write an RFC 4514
 * string into DER in reading order instead of reversed: that is the same name, and the certificate
 * carries the bank's own order anyway.
 */
export const asWanted = (name: SubjectName, wanted: string): SubjectName | undefined =>
  [name, [...name].reverse()].find((each) => formatName(each) === wanted);

export const partOf = (name: SubjectName, type: NamePart['type']): string | undefined =>
  name.find((part) => part.type === type)?.value;
