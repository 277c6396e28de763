export { parseOcraSuite, type OcraSuite } from './ocra-suite.ts';
export { ocra, type OcraInput } from './ocra.ts';
export { deriveChainKeys, type ChainKeys, type SeedMaterial } from './chain-keys.ts';
export { chainSuite } from './chain-message.ts';
export {
  chainAnswer,
  chainChallenge,
  mediumChain,
  type ChainAnswer,
  type ChainChallenge,
  type MediumChain,
} from './chain-schemas.ts';
export {
  bankChain,
  checkAnswer,
  newBankChain,
  openChallenge,
  type BankChain,
  type ChainOutcome,
  type ChallengeOrder,
} from './bank-chain.ts';
export {
  answerChallenge,
  answerWith,
  newMediumChain,
  type Answered,
  type ChainHolder,
} from './medium-chain.ts';
export { chainOtpInput } from './chain-message.ts';
export {
  alarmLinkLabel,
  cardChainKeys,
  chainCheckValues,
  chainCredential,
  chainEpochsIn,
  checkLabel,
  checkValueOf,
  encodeChainState,
  epochOf,
  FIRST_EPOCH,
  firstLinkLabel,
  isChainCredential,
  isStateName,
  readChainState,
  type ChainCheckValues,
} from './card-chain.ts';
export { seedInfo, seedMaterial, type ChainSeed } from './chain-seed.ts';
