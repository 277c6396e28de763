/** What a reader can do beyond carrying commands, as the control codes that ask for it (PC/SC part 10, 2.2). */
export interface ReaderFeatures {
  readonly verifyPinDirect?: number;
  readonly modifyPinDirect?: number;
}

/** SCARD_CTL_CODE(3400): CM_IOCTL_GET_FEATURE_REQUEST. */
export const getFeatureRequest = (platform: string = process.platform): number =>
  platform === 'win32' ? (0x31 << 16) | (3400 << 2) : 0x42000000 + 3400;

/**
 * The answer: entries of tag, length 4 and a control code in network byte order. What is cut off or of
 * another length is as good as not there.
 */
export const parseFeatures = (answer: Uint8Array): ReaderFeatures => {
  const features: { verifyPinDirect?: number; modifyPinDirect?: number } = {};
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  for (let at = 0; at + 6 <= answer.length; at += 2 + (answer[at + 1] ?? 0)) {
    if (answer[at + 1] !== 4) continue;
    const code = view.getUint32(at + 2);
    if (answer[at] === FEATURE_VERIFY_PIN_DIRECT) features.verifyPinDirect = code;
    if (answer[at] === FEATURE_MODIFY_PIN_DIRECT) features.modifyPinDirect = code;
  }
  return features;
};

const FEATURE_VERIFY_PIN_DIRECT = 0x06;
const FEATURE_MODIFY_PIN_DIRECT = 0x07;
