/** What a card signs at a login with a random number (S4, 106); UTF-8. */
export const loginMessage = (bankId: string, cardId: string, randomBase64: string): string =>
  `cardwright-login|v1|${bankId}|${cardId}|${randomBase64}`;
