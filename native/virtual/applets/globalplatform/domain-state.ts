/** What the issuer's security domain of a virtual card keeps without power. Bytes are lower-case hex. */
export interface DomainState {
  readonly aid: string;
  /** Option bits "i" of its protocol. */
  readonly options: number;
  readonly protocol: 'scp02' | 'scp03';
  /** Key diversification data, 10 bytes; absent in cards that were kept from before they had any. */
  readonly diversificationData?: string;
  /** By key version, decimal. */
  keys: Record<string, DomainKeys>;
  /** Counts the channels that were begun. */
  sequence: number;
  /** Wrong host cryptograms in a row; at `mostFailures` the domain never opens again. */
  failures: number;
  readonly mostFailures: number;
  /** Life-cycle byte of the card. */
  lifeCycle: number;
  /** Data objects that GET DATA tells, by tag, with tag and length. */
  objects: Record<string, string>;
  /**
   * A domain whose approval every package needs (Mandated DAP Verification, GPCS 2.3.1 C.3): its AID and its
   * public key, SubjectPublicKeyInfo of P-256. Absent: nobody's is asked for.
   */
  dap?: { readonly aid: string; readonly publicKey: string };
  packages: LoadedPackage[];
  instances: Instance[];
  /** Bytes for packages and their instances. */
  readonly capacity: number;
}

export interface DomainKeys {
  readonly type: 'aes' | '3des';
  readonly enc: string;
  readonly mac: string;
  readonly dek: string;
}

export interface LoadedPackage {
  readonly aid: string;
  readonly version: string;
  readonly modules: string[];
  readonly length: number;
}

export interface Instance {
  readonly aid: string;
  readonly packageAid: string;
  readonly moduleAid: string;
  readonly privileges: string;
  readonly parameters: string;
  lifeCycle: number;
  /** What STORE DATA brought, block by block. */
  data: string[];
}

/** 40 41 … 4F: what test cards leave the factory with. */
export const factoryKeys = (type: 'aes' | '3des'): DomainKeys => {
  const key = '404142434445464748494a4b4c4d4e4f';
  return { type, enc: key, mac: key, dek: key };
};
