/** At the portal: where a customer with a card in a reader begins, and where the browser comes back to with its ticket. */
export const cardLoginPath = '/login/card';

/** At the online server: where the browser shows the card. */
export const showCardPath = '/login/card';
