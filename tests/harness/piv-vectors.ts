import { readFileSync } from 'node:fs';

/** One command and its answer, hex; the status word stands apart. */
export interface Exchange {
  readonly cmd: string;
  readonly resp: string;
  readonly sw: string;
}

interface Traces {
  readonly traces: Readonly<
    Record<
      | 'auth-sign'
      | 'auth-decrypt'
      | 'auth-key-agree'
      | 'change-ref'
      | 'reset-retry'
      | 'get-data'
      | 'verify'
      | 'generate-pair'
      | 'metadata',
      readonly Exchange[]
    >
  >;
}

interface Objects {
  readonly fascn: readonly {
    readonly hex: string;
    readonly chars: string;
    readonly agency: number;
    readonly system: number;
    readonly credential: number;
    readonly cs: number;
    readonly ici: number;
    readonly person: string;
    readonly oc: number;
    readonly oi: number;
    readonly poa: number;
  }[];
  readonly fascn_odd: readonly { readonly hex: string }[];
  readonly chuid: readonly {
    readonly source: string;
    readonly guid: string;
    readonly expiry: string;
    readonly hex: string;
  }[];
  readonly ccc: readonly { readonly card_id?: string; readonly hex: string }[];
  readonly mgmt_auth: readonly {
    readonly key: string;
    readonly mutual: Readonly<Record<'cmd1' | 'rsp1' | 'cmd2_data' | 'rsp2', string>>;
    readonly single: Readonly<Record<'cmd1' | 'rsp1' | 'cmd2_data', string>>;
  }[];
  readonly genkey: readonly { readonly response: string }[];
}

interface IcamCards {
  readonly cards: readonly {
    readonly discovery: string;
    readonly security: string;
    readonly printed: string;
    readonly ccc: string;
    readonly chuid: string;
    readonly piv_auth_cert_der_base64: string;
    readonly parsed: Readonly<
      Record<'chuid_fascn' | 'chuid_fascn_chars' | 'chuid_guid' | 'chuid_expiry', string>
    >;
  }[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/piv/${name}.json`, import.meta.url), 'utf8'));

export const recorded = read('piv-apdu-traces') as Traces;
export const objects = read('piv-objects') as Objects;
export const icam = read('piv-icam-cards') as IcamCards;
