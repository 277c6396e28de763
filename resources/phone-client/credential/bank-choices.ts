/** One bank on the card, as the start page's block names it. */
export interface BankChoice {
  readonly bankId: string;
  readonly bankName: string;
  readonly bankNameLatin: string | undefined;
  readonly cardId: string;
}

/**
 * The card's index in the block of its start page. `undefined`: this is no start page. An entry whose folder
 * would lead elsewhere is left out.
 */
export const parseBankChoices = (block: string): readonly BankChoice[] | undefined => {
  const banks = fieldsOf(parseJson(block))?.banks;
  return Array.isArray(banks) ? banks.flatMap(choiceOf) : undefined;
};

const choiceOf = (value: unknown): readonly BankChoice[] => {
  const { bankId, bankName, bankNameLatin, cardId } = fieldsOf(value) ?? {};
  if (typeof bankId !== 'string' || typeof bankName !== 'string' || typeof cardId !== 'string') return [];
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/.test(bankId)) return [];
  return [
    {
      bankId,
      bankName,
      bankNameLatin: typeof bankNameLatin === 'string' ? bankNameLatin : undefined,
      cardId,
    },
  ];
};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
