import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** What the bank promises with its signature that it has booked. */
export interface Receipt {
  readonly receiptNumber: string;
  readonly bankId: string;
  readonly transactionId: string;
  readonly payer: string;
  readonly payee: string;
  readonly amount: number;
  readonly currency: string;
  readonly memo: string;
  readonly bookedAt: string;
  /** SHA-256 of the signing key's SPKI, hex, first 16 digits. */
  readonly keyId: string;
  /** ECDSA P-256 with SHA-256, IEEE P1363, base64url, over `receiptMessage`. */
  readonly signature: string;
}

export interface ReceiptSigner {
  readonly keyId: string;
  /** ECDSA P-256 with SHA-256, IEEE P1363. */
  sign(message: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

/** A signer over a P-256 key in this process; one in an HSM has the same shape. */
export const receiptSigner = (privateKey: KeyObject): ReceiptSigner => ({
  keyId: keyIdOf(createPublicKey(privateKey)),
  sign: (message) => sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
});

export const signReceipt = async (
  signer: ReceiptSigner,
  receipt: Omit<Receipt, 'keyId' | 'signature'>,
): Promise<Receipt> => {
  const unsigned = { ...receipt, keyId: signer.keyId };
  const signature = await signer.sign(receiptMessage(unsigned));
  return { ...unsigned, signature: Buffer.from(signature).toString('base64url') };
};

/** Is this the bank's receipt, as it was signed? */
export const verifyReceipt = (publicKey: KeyObject, receipt: Receipt): boolean =>
  receipt.keyId === keyIdOf(publicKey) &&
  verify(
    'sha256',
    receiptMessage(receipt),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(receipt.signature, 'base64url'),
  );

const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/** JSON of an array: one order of fields, every text quoted. */
const receiptMessage = (receipt: Omit<Receipt, 'signature'>): Uint8Array =>
  Buffer.from(
    JSON.stringify([
      'cardwright-receipt/v1',
      receipt.bankId,
      receipt.receiptNumber,
      receipt.transactionId,
      receipt.payer,
      receipt.payee,
      receipt.amount,
      receipt.currency,
      receipt.memo,
      receipt.bookedAt,
      receipt.keyId,
    ]),
  );
