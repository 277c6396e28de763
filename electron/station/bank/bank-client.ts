import type { BankApi, BankCall, RouteBody, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import type { Result } from '../../shared/result/index.ts';

export interface CallOptions {
  /**
   * Run id and step. The same key with the same body gets the same answer again. The client adds a digest
   * of the body, so a secret that was typed anew after a restart is another request, not a conflict.
   */
  readonly idempotencyKey?: string;
  readonly timeoutMs?: number;
}

/** What every call can come back with besides the bank's own faults: bank-unreachable, bank-timeout, bank-untrusted, bank-refused-station, station-certificate-ended, bank-bad-answer. */
export interface BankClient {
  call<Name extends BankCall>(
    name: Name,
    params: RouteParams<BankApi[Name]>,
    body: RouteBody<BankApi[Name]>,
    options?: CallOptions,
  ): Promise<Result<RouteReply<BankApi[Name]>>>;
  /** RFC 7030 cacerts: DER of each. */
  readCaCertificates(): Promise<Result<readonly Uint8Array[]>>;
  /** RFC 7030 simpleenroll. Takes a PKCS#10 request and gives the certificate, both DER. Also csr-refused. */
  enrol(profile: string, csr: Uint8Array): Promise<Result<Uint8Array>>;
  /** The certificate every other one of the bank rests on: DER. */
  readonly caCertificate: Uint8Array;
  close(): void;
}
