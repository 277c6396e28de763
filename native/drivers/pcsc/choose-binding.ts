import type { PcscBinding, PcscBindingName } from './pcsc-binding.ts';
import { pcscliteBinding } from './pcsclite-binding.ts';
import { smartcardBinding } from './smartcard-binding.ts';

/** Which binding is to be used; `automatic`: the first that was built on this machine. */
export type BindingChoice = PcscBindingName | 'automatic';

/** `undefined`: the one that was asked for, or every one, is not there. */
export const chooseBinding = (
  choice: BindingChoice,
  bindings: Readonly<Record<PcscBindingName, () => PcscBinding | undefined>> = loaders,
): PcscBinding | undefined =>
  choice === 'automatic' ? (bindings.pcsclite() ?? bindings.smartcard()) : bindings[choice]();

const loaders = { pcsclite: pcscliteBinding, smartcard: smartcardBinding };
