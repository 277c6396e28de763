export { parseOcraSuite, type OcraSuite } from './ocra-suite.ts';
export { ocra, type OcraInput } from './ocra.ts';
export { deriveChainKeys, type ChainKeys, type SeedMaterial } from './chain-keys.ts';
export {
  chainAnswer,
  chainChallenge,
  chainSuite,
  type ChainAnswer,
  type ChainChallenge,
} from './chain-message.ts';
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
  mediumChain,
  newMediumChain,
  type Answered,
  type MediumChain,
} from './medium-chain.ts';
