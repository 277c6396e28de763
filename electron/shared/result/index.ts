export { ok, fail, type Result, type Ok, type Failed } from './result.ts';
export {
  faultCodes,
  faultCodeSchema,
  faultSchema,
  type Fault,
  type FaultCode,
  type FaultData,
} from './fault.ts';
export { faultTable, type Blame, type FaultKind, type Remedy } from './fault-table.ts';
